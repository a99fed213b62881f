//! What a rebuild of a table must not lose, item by item. Each table here has something that careless rebuilds lose;
//! the change is always one that SQLite cannot make in place.

use diesel::SqliteConnection;
use schema_build::schema::{Check, ColumnType, Schema};

use super::{Answers, Migration, database, migration, prove, schema};
use crate::database::scratch::run;
use crate::dialect::Dialect as _;
use crate::dialect::sqlite::Sqlite;
use crate::dialect::sqlite::introspect::catalogue;

/// A table that was rebuilt while rows were in it.
struct Rebuilt {
    database: SqliteConnection,
    migration: Migration,
}

/// One column of a table.
fn rows(database: &mut SqliteConnection, table: &str, column: &str) -> Vec<String> {
    let columns = (table.to_owned(), vec![column.to_owned()]);
    Sqlite.rows(database, &[columns]).expect("a table").remove(0)
}

/// Makes the database, changes what it should be, proves the migration with rows of its own, and runs it up.
fn rebuilt(sql: &str, change: impl FnOnce(&mut Schema)) -> Rebuilt {
    let mut there = database(sql);
    let mut desired = schema(&mut there);
    change(&mut desired);
    let migration = migration(&mut there, &desired, &Answers::default());
    let text = migration.up.text();
    assert!(text.contains("__new_"), "no rebuild:\n{text}");
    prove(&mut there, &migration, &desired, &Answers::default(), 0)
        .unwrap_or_else(|error| panic!("{error:#?}\n{text}"));
    let mut there = database(sql);
    prove(&mut there, &migration, &desired, &Answers::default(), 0).expect("with its rows");
    let mut there = database(sql);
    Sqlite.run(&mut there, &text, true).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Rebuilt { database: there, migration }
}

impl Rebuilt {
    fn run(&mut self, sql: &str) {
        run(&mut self.database, sql).unwrap_or_else(|error| panic!("{error}\n{}", self.migration.up.text()));
    }

    fn refuses(&mut self, sql: &str) {
        assert!(run(&mut self.database, sql).is_err(), "{sql}\n{}", self.migration.up.text());
    }

    fn says(&mut self, query: &str) -> String {
        let query = format!("SELECT CAST(value AS TEXT) AS text FROM (SELECT ({query}) AS value)");
        let rows = crate::dialect::sqlite::texts(&mut self.database, &query);
        rows.expect("a value").concat()
    }

    /// The table's statement as it is kept.
    fn sql(&mut self, table: &str) -> String {
        self.says(&format!("SELECT sql FROM sqlite_master WHERE name = '{table}'"))
    }
}

/// The change: `age` may no longer be NULL.
fn fill_age(schema: &mut Schema) {
    let table = schema.tables.get_mut("users").expect("users");
    let age = table.columns.iter_mut().find(|column| column.name == "age").expect("age");
    age.is_nullable = false;
    age.backfill = Some("0".to_owned());
}

#[test]
fn triggers_on_the_table_stay() {
    let mut there = rebuilt(
        "CREATE TABLE log (line TEXT);
         CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         INSERT INTO users VALUES (1, NULL);
         CREATE TRIGGER watch AFTER INSERT ON users BEGIN INSERT INTO log VALUES ('new'); END;",
        fill_age,
    );
    assert_eq!(there.says("SELECT count(*) FROM log"), "0", "no trigger fires while rows are copied");
    there.run("INSERT INTO users VALUES (2, 3)");
    assert_eq!(there.says("SELECT count(*) FROM log"), "1");
}

#[test]
fn views_on_views_and_triggers_elsewhere_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         CREATE TABLE orders (id INTEGER PRIMARY KEY);
         CREATE VIEW adults AS SELECT * FROM users WHERE age > 17;
         CREATE VIEW counted AS SELECT count(*) AS n FROM adults;
         CREATE TRIGGER greet INSTEAD OF INSERT ON adults BEGIN INSERT INTO users VALUES (NEW.id, 18); END;
         CREATE TRIGGER order_user AFTER INSERT ON orders BEGIN INSERT INTO users VALUES (NEW.id, 20); END;",
        fill_age,
    );
    there.run("INSERT INTO orders VALUES (5); INSERT INTO adults (id) VALUES (6)");
    assert_eq!(there.says("SELECT n FROM counted"), "2");
}

#[test]
fn indexes_of_every_kind_stay() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, email TEXT);
         CREATE INDEX some ON users (email) WHERE age > 17;
         CREATE INDEX lowered ON users (lower(email));
         CREATE INDEX falling ON users (age DESC);
         CREATE UNIQUE INDEX folded ON users (email COLLATE NOCASE);";
    let mut there = rebuilt(sql, fill_age);
    let before = catalogue(&mut database(sql)).expect("a catalogue");
    let after = catalogue(&mut there.database).expect("a catalogue");
    assert_eq!(after.table("users").expect("users").indexes, before.table("users").expect("users").indexes);
}

#[test]
fn a_number_is_never_given_twice() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, age INTEGER);
         INSERT INTO users (age) VALUES (1), (2), (3); DELETE FROM users WHERE id > 1;",
        fill_age,
    );
    there.run("INSERT INTO users (age) VALUES (9)");
    assert_eq!(there.says("SELECT max(id) FROM users"), "4");
}

#[test]
fn a_number_is_never_given_twice_even_when_no_row_is_left() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, age INTEGER);
         INSERT INTO users (age) VALUES (1), (2); DELETE FROM users;",
        fill_age,
    );
    there.run("INSERT INTO users (age) VALUES (9)");
    assert_eq!(there.says("SELECT max(id) FROM users"), "3");
    assert_eq!(there.says("SELECT count(*) FROM sqlite_sequence"), "1");
}

#[test]
fn collations_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, name TEXT COLLATE NOCASE)",
        fill_age,
    );
    there.run("INSERT INTO users VALUES (1, 1, 'Ann')");
    assert_eq!(there.says("SELECT count(*) FROM users WHERE name = 'ann'"), "1");
}

#[test]
fn checks_with_and_without_a_name_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER CHECK (age < 150),
         CONSTRAINT grown CHECK (age > 17), CHECK (age <> 99))",
        fill_age,
    );
    for age in [150, 3, 99] {
        there.refuses(&format!("INSERT INTO users (age) VALUES ({age})"));
    }
    assert!(there.sql("users").contains("CONSTRAINT grown CHECK (age > 17)"));
}

#[test]
fn a_check_may_name_its_table() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, CHECK (users.age > 17 AND \"users\".id > 0))",
        fill_age,
    );
    there.refuses("INSERT INTO users VALUES (1, 3)");
    there.run("INSERT INTO users VALUES (1, 30)");
}

#[test]
fn actions_of_foreign_keys_stay() {
    let mut there = rebuilt(
        "CREATE TABLE teams (id INTEGER PRIMARY KEY);
         CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER,
           team INTEGER CONSTRAINT of_team REFERENCES teams ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO teams VALUES (1); INSERT INTO users VALUES (1, 1, 1);",
        fill_age,
    );
    let text = "team INTEGER CONSTRAINT of_team REFERENCES teams ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED";
    assert!(there.sql("users").contains(text));
    there.run("DELETE FROM teams");
    assert_eq!(there.says("SELECT count(*) FROM users"), "0");
}

#[test]
fn child_rows_stay_although_their_key_cascades() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users ON DELETE CASCADE);
         INSERT INTO users VALUES (1, 1), (2, 2); INSERT INTO orders VALUES (1, 1), (2, 2);",
        fill_age,
    );
    assert_eq!(there.says("SELECT count(*) FROM orders"), "2");
    assert!(there.sql("orders").contains("REFERENCES users ON DELETE CASCADE"));
    there.run("DELETE FROM users WHERE id = 1");
    assert_eq!(there.says("SELECT count(*) FROM orders"), "1");
}

#[test]
fn a_tool_that_leaves_foreign_keys_on_is_stopped_before_child_rows_are_lost() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES users ON DELETE CASCADE);
         INSERT INTO users VALUES (1, 1); INSERT INTO orders VALUES (1, 1);";
    let there = rebuilt(sql, fill_age);
    for text in [there.migration.up.text(), there.migration.down.text()] {
        let mut database = database(sql);
        let error = Sqlite.run(&mut database, &text, false).expect_err("foreign keys are on");
        assert!(error.message.contains("foreign keys must be off"), "{error}");
        assert_eq!(rows(&mut database, "orders", "id"), ["1"]);
    }
}

#[test]
fn generated_columns_stay_and_are_not_written_to() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER,
           doubled INTEGER GENERATED ALWAYS AS (age * 2) STORED, halved INTEGER AS (age / 2));
         INSERT INTO users (id, age) VALUES (1, 8);",
        fill_age,
    );
    assert_eq!(there.says("SELECT doubled || ' ' || halved FROM users"), "16 4");
}

#[test]
fn strict_and_without_rowid_stay() {
    let mut there =
        rebuilt("CREATE TABLE users (id TEXT PRIMARY KEY, age INTEGER) STRICT, WITHOUT ROWID", fill_age);
    there.refuses("INSERT INTO users VALUES ('a', 'old')");
    there.refuses("SELECT rowid FROM users");
}

#[test]
fn conflict_clauses_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, age INTEGER,
           email TEXT UNIQUE ON CONFLICT IGNORE, nick TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'x', UNIQUE (email, nick) ON CONFLICT ROLLBACK);
         INSERT INTO users VALUES (1, 1, 'a', 'b');",
        fill_age,
    );
    there.run("INSERT INTO users VALUES (2, 2, 'a', 'c'); INSERT INTO users VALUES (1, 5, 'b', NULL)");
    assert_eq!(there.says("SELECT group_concat(id || age || email || nick) FROM users"), "15bx");
    assert!(there.sql("users").contains("UNIQUE (email, nick) ON CONFLICT ROLLBACK"));
}

#[test]
fn references_of_a_table_to_itself_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, boss INTEGER REFERENCES users (id) ON DELETE CASCADE);
         INSERT INTO users VALUES (1, 1, NULL), (2, 2, 1), (3, 3, 2);",
        fill_age,
    );
    assert!(there.sql("users").contains("REFERENCES users (id) ON DELETE CASCADE"));
    there.run("DELETE FROM users WHERE id = 1");
    assert_eq!(there.says("SELECT count(*) FROM users"), "0");
}

#[test]
fn rowids_stay_where_they_are_no_column() {
    let mut there = rebuilt(
        "CREATE TABLE users (email TEXT PRIMARY KEY, age INTEGER);
         INSERT INTO users (rowid, email, age) VALUES (7, 'a', 1), (9, 'b', 2);",
        fill_age,
    );
    assert_eq!(there.says("SELECT group_concat(rowid) FROM users"), "7,9");
}

#[test]
fn rowids_stay_where_a_column_is_called_rowid() {
    let mut there = rebuilt(
        "CREATE TABLE users (rowid TEXT, age INTEGER);
         INSERT INTO users (_rowid_, rowid, age) VALUES (7, 'a', 1), (9, 'b', 2);",
        fill_age,
    );
    assert_eq!(there.says("SELECT group_concat(_rowid_ || rowid) FROM users"), "7a,9b");
}

#[test]
fn names_that_need_quotes_stay() {
    let mut there = rebuilt(
        "CREATE TABLE \"select\" (\"or der\" INTEGER PRIMARY KEY, \"a\"\"b\" TEXT, [größe] TEXT);
         CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, [from] INTEGER REFERENCES \"select\" (\"or der\"), `b``q` TEXT);
         INSERT INTO \"select\" VALUES (1, 'x', 'y'); INSERT INTO users VALUES (1, 1, 1, 'z');",
        fill_age,
    );
    assert_eq!(there.says("SELECT \"from\" || \"b`q\" FROM users"), "1z");
}

#[test]
fn comments_in_the_statement_stay() {
    let mut there = rebuilt(
        "CREATE TABLE users ( -- people\n  id INTEGER PRIMARY KEY, -- the key\n  -- in years\n  age INTEGER, email TEXT /* work */\n)",
        fill_age,
    );
    let sql = there.sql("users");
    for comment in ["-- the key\n", "-- in years\n", "/* work */"] {
        assert!(sql.contains(comment), "{sql}");
    }
}

#[test]
fn a_value_that_is_no_number_stops_the_upgrade() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, code TEXT)";
    let numbers = |schema: &mut Schema| {
        let table = schema.tables.get_mut("users").expect("users");
        table.columns[2].ty = ColumnType::Sql("INTEGER".to_owned());
    };
    let there = rebuilt(sql, numbers);
    for (value, is_sound) in
        [("'12'", true), ("NULL", true), ("'abc'", false), ("'007'", false), ("'1.5'", false), ("''", false)]
    {
        let mut database = database(&format!("{sql}; INSERT INTO users VALUES (1, 1, {value});"));
        let result = Sqlite.run(&mut database, &there.migration.up.text(), true);
        assert_eq!(result.is_ok(), is_sound, "{value}: {result:?}");
        if let Err(error) = result {
            assert_eq!(error.message, "CHECK constraint failed: a value of users.code is no INTEGER");
            assert_eq!(rows(&mut database, "users", "code"), [value]);
        }
    }
}

#[test]
fn numbers_that_have_no_room_stop_the_upgrade() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, code BIGINT, weight DOUBLE)";
    let narrow = |schema: &mut Schema| {
        let table = schema.tables.get_mut("users").expect("users");
        table.columns[2].ty = ColumnType::Sql("SMALLINT".to_owned());
        table.columns[3].ty = ColumnType::Sql("INTEGER".to_owned());
    };
    let there = rebuilt(sql, narrow);
    for (values, is_sound) in
        [("32767, 2.0", true), ("32768, 2.0", false), ("1, 2.5", false), ("NULL, NULL", true)]
    {
        let mut database = database(&format!("{sql}; INSERT INTO users VALUES (1, 1, {values});"));
        let result = Sqlite.run(&mut database, &there.migration.up.text(), true);
        assert_eq!(result.is_ok(), is_sound, "{values}: {result:?}");
    }
}

#[test]
fn null_where_it_may_no_longer_be_stops_the_upgrade() {
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER)";
    let there =
        rebuilt(sql, |schema| schema.tables.get_mut("users").expect("users").columns[1].is_nullable = false);
    let mut database = database(&format!("{sql}; INSERT INTO users VALUES (1, NULL);"));
    let error = Sqlite.run(&mut database, &there.migration.up.text(), true).expect_err("NULL is in the way");
    assert!(error.message.contains("NOT NULL constraint failed"), "{error}");
    assert_eq!(rows(&mut database, "users", "age"), ["NULL"]);
}

#[test]
fn several_changes_of_a_table_are_one_rebuild() {
    let there = rebuilt("CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, name TEXT)", |schema| {
        fill_age(schema);
        let table = schema.tables.get_mut("users").expect("users");
        table.columns[2].collation = Some("NOCASE".to_owned());
        table.checks.push(Check { name: None, expression: "age >= 0".to_owned() });
    });
    assert_eq!(there.migration.up.text().matches("CREATE TABLE").count(), 1);
}

#[test]
fn a_table_that_bears_the_name_of_the_copy_stays() {
    let mut there = rebuilt(
        "CREATE TABLE __new_users (id INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         INSERT INTO __new_users VALUES (1);",
        fill_age,
    );
    assert_eq!(there.says("SELECT count(*) FROM __new_users"), "1");
}

#[test]
fn virtual_tables_and_their_shadows_are_left_alone() {
    let mut there = rebuilt(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);
         CREATE VIRTUAL TABLE found USING fts5(body); INSERT INTO found VALUES ('hello');",
        fill_age,
    );
    assert_eq!(there.says("SELECT count(*) FROM found WHERE found MATCH 'hello'"), "1");
    assert_eq!(schema(&mut there.database).tables.len(), 1);
}
