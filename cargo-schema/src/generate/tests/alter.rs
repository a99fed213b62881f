//! Changes on MySQL or MariaDB that the server would do wrong by itself: on a real one, with rows.

use schema_build::schema::{Column, ColumnType, Identity, Schema, Table};

use super::{changes_on, migration_on, prove_on, schema_on};
use crate::dialect::Dialect as _;
use crate::dialect::mysql::Mysql;
use crate::dialect::mysql::scratch::Scratch;
use crate::dialect::mysql::testing::Server;
use crate::difference::Answers;
use crate::generate::prove::Disproof;

/// A database made by this SQL, and what models would say of it after an edit.
struct Case {
    server: Server,
    sql: &'static str,
    there: Scratch,
    desired: Schema,
}

impl Case {
    fn new(sql: &'static str) -> Option<Self> {
        let server = Server::found()?;
        let mut there = server.database(sql);
        let desired = schema_on(&Mysql, &mut there);
        Some(Self { server, sql, there, desired })
    }

    fn table(&mut self, name: &str) -> &mut Table {
        self.desired.tables.get_mut(name).expect("a table")
    }

    fn column(&mut self, table: &str, name: &str) -> &mut Column {
        self.table(table).columns.iter_mut().find(|column| column.name == name).expect("a column")
    }

    fn retype(&mut self, table: &str, name: &str, ty: &str) {
        self.column(table, name).ty = ColumnType::Sql(ty.to_owned());
    }

    /// Writes and proves the migration; gives its way up.
    #[track_caller]
    fn proven(&mut self) -> String {
        let answers = Answers::default();
        let step = migration_on(&Mysql, &mut self.there, &self.desired, &answers);
        let rows = prove_on(&Mysql, &mut self.there, &step, &self.desired, &answers, 3);
        let text = step.up.text();
        let rows = rows.unwrap_or_else(|error| panic!("{error:#?}\n{text}\n-- DOWN\n{}", step.down.text()));
        assert!(rows > 0, "no rows\n{text}");
        text
    }

    /// The message of the upgrade on a database with these rows, which must leave table and rows as they were.
    #[track_caller]
    fn stopped(&mut self, rows: &str, settings: &str, table: &str) -> String {
        let step = migration_on(&Mysql, &mut self.there, &self.desired, &Answers::default());
        let mut real = self.server.database(&format!("{}{rows}{settings}", self.sql));
        let before = Mysql.introspect(&mut real).expect("a catalogue");
        let columns: Vec<String> =
            Mysql.schema(&before).tables[table].columns.iter().map(|column| column.name.clone()).collect();
        let places = [(table.to_owned(), columns)];
        let kept = Mysql.rows(&mut real, &places).expect("rows");
        let error = Mysql.run(&mut real, &step.up.text(), false).expect_err("it must stop");
        assert!(error.is_about_rows, "{error}");
        let after = Mysql.introspect(&mut real).expect("a catalogue");
        assert_eq!(Mysql.lines(&before), Mysql.lines(&after));
        assert_eq!(kept, Mysql.rows(&mut real, &places).expect("rows"));
        error.message
    }
}

#[test]
fn both_ends_of_a_foreign_key_get_another_type() {
    let Some(mut case) = Case::new(
        "CREATE TABLE p (id INT PRIMARY KEY, up INT, CONSTRAINT own FOREIGN KEY (up) REFERENCES p (id));
         CREATE TABLE c (id INT PRIMARY KEY, p_id INT NOT NULL,
           CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE);",
    ) else {
        return;
    };
    for (table, column) in [("p", "id"), ("p", "up"), ("c", "p_id")] {
        case.retype(table, column, "BIGINT");
    }
    let up = case.proven();
    assert!(
        up.contains("-- Foreign keys step aside while their columns change, and come back below."),
        "{up}"
    );
    assert!(up.contains("ALTER TABLE `c` DROP FOREIGN KEY `fk`;"), "{up}");
    assert!(up.contains("ALTER TABLE `c` ADD CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`) ON DELETE CASCADE;"), "{up}");
}

#[test]
fn an_index_that_a_foreign_key_needs_is_replaced_in_one_statement() {
    let Some(mut case) = Case::new(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, p_id INT, n INT,
         CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));",
    ) else {
        return;
    };
    let mut wider = case.table("c").indexes[0].clone();
    wider.name = None;
    wider.items.push(schema_build::schema::IndexItem::Column {
        name: "n".to_owned(),
        is_descending: false,
        collation: None,
    });
    case.table("c").indexes = vec![wider];
    assert_eq!(
        case.proven(),
        "ALTER TABLE `c`\n  DROP INDEX `fk`,\n  ADD KEY `c_p_id_n_idx` (`p_id`, `n`);\n"
    );
}

#[test]
fn the_index_of_a_dropped_foreign_key_goes_with_it() {
    let Some(mut case) = Case::new(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, p_id INT,
         CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id));",
    ) else {
        return;
    };
    case.table("c").foreign_keys.clear();
    case.table("c").indexes.clear();
    assert_eq!(case.proven(), "ALTER TABLE `c` DROP FOREIGN KEY `fk`;\n\nALTER TABLE `c` DROP INDEX `fk`;\n");
}

#[test]
fn a_character_set_is_changed_with_the_columns_that_follow_it() {
    let Some(mut case) = Case::new(
        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20) NOT NULL DEFAULT 'x', b TEXT,
         c VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin, e ENUM('y','z')) DEFAULT CHARACTER SET latin1;",
    ) else {
        return;
    };
    case.table("t").options.charset = Some("utf8mb4".to_owned());
    let up = case.proven();
    assert!(up.contains("MODIFY COLUMN `a` varchar(20) NOT NULL DEFAULT 'x',"), "{up}");
    assert!(up.contains("DEFAULT CHARACTER SET = utf8mb4") && !up.contains("ascii"), "{up}");
}

#[test]
fn everything_about_a_column_survives_its_change() {
    let Some(mut case) = Case::new(
        "CREATE TABLE t (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
           ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'when', z INT(5) ZEROFILL, j JSON NOT NULL,
           hidden INT INVISIBLE DEFAULT 3, s VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin CHECK (s <> ''),
           g VARCHAR(40) AS (concat(s, 'x')) STORED);",
    ) else {
        return;
    };
    for name in ["at", "z", "j", "hidden", "s"] {
        case.column("t", name).comment = Some("new".to_owned());
    }
    let up = case.proven();
    for definition in [
        "`at` timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'new'",
        "`z` int(5) unsigned zerofill COMMENT 'new'",
        "`j` json NOT NULL COMMENT 'new'",
        "`hidden` int(11) INVISIBLE DEFAULT 3 COMMENT 'new'",
        "`s` varchar(20) CHARACTER SET latin1 COLLATE latin1_bin COMMENT 'new' CHECK (`s` <> '')",
    ] {
        assert!(up.contains(definition), "{definition}\n{up}");
    }
}

#[test]
fn a_backfill_leaves_the_time_of_other_columns_alone() {
    let Some(mut case) = Case::new(
        "CREATE TABLE t (id INT PRIMARY KEY, n INT, at TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP);",
    ) else {
        return;
    };
    let column = case.column("t", "n");
    (column.is_nullable, column.backfill) = (false, Some("id + 1".to_owned()));
    let up = case.proven();
    assert!(up.contains("UPDATE `t` SET `n` = id + 1, `at` = `at` WHERE `n` IS NULL;"), "{up}");
}

#[test]
fn a_column_that_is_computed_from_now_on_keeps_its_checks_and_indexes() {
    let Some(mut case) = Case::new(
        "CREATE TABLE t (id INT PRIMARY KEY, n INT, s VARCHAR(9), KEY by_n (n), CONSTRAINT c CHECK (n < 100));",
    ) else {
        return;
    };
    case.column("t", "n").generated =
        Some(schema_build::schema::Generated { expression: "id + 1".to_owned(), is_stored: true });
    assert_eq!(
        case.proven(),
        "-- The values of `t.n` go: it is computed from now on.\nALTER TABLE `t`\n  DROP CONSTRAINT `c`,\n  \
         DROP INDEX `by_n`,\n  DROP COLUMN `n`,\n  ADD COLUMN `n` int(11) GENERATED ALWAYS AS (id + 1) STORED AFTER `id`,\n  \
         ADD KEY `by_n` (`n`),\n  ADD CONSTRAINT `c` CHECK (`n` < 100);\n"
    );
}

#[test]
fn numbering_begins_and_ends() {
    let Some(mut case) = Case::new("CREATE TABLE t (id INT PRIMARY KEY, n INT);") else { return };
    case.column("t", "id").identity = Some(Identity::ByDefault);
    assert!(case.proven().contains("ALTER TABLE `t` MODIFY COLUMN `id` int(11) NOT NULL AUTO_INCREMENT;"));
}

#[test]
fn what_would_be_lost_in_silence_stops_the_upgrade() {
    let lax = "SET sql_mode = '';";
    let table = "CREATE TABLE t (id INT PRIMARY KEY, n INT, s VARCHAR(20), d DATETIME, m DECIMAL(10,2), e ENUM('a','b'));";
    for (column, ty, row) in [
        ("s", "varchar(3)", "(1, 1, 'abcd', NULL, NULL, NULL)"),
        ("s", "varchar(3)", "(1, 1, 'abc  ', NULL, NULL, NULL)"),
        ("s", "int", "(1, 1, '007', NULL, NULL, NULL)"),
        ("s", "int", "(1, 1, 'abc', NULL, NULL, NULL)"),
        ("n", "tinyint", "(1, 1000, NULL, NULL, NULL, NULL)"),
        ("d", "date", "(1, 1, NULL, '2026-01-01 09:15:00', NULL, NULL)"),
        ("m", "decimal(10,1)", "(1, 1, NULL, NULL, 1.25, NULL)"),
        ("m", "int", "(1, 1, NULL, NULL, 1.25, NULL)"),
        ("e", "enum('a')", "(1, 1, NULL, NULL, NULL, 'b')"),
    ] {
        let Some(mut case) = Case::new(table) else { return };
        case.retype("t", column, ty);
        case.column("t", column).values = None;
        if ty.starts_with("enum") {
            let mut values =
                schema_build::schema::EnumType { name: "e".to_owned(), values: Vec::new(), was: None };
            values.values.push(schema_build::schema::EnumValue::named("a"));
            case.column("t", column).values = Some(values);
        }
        case.stopped(&format!("INSERT INTO t VALUES {row};"), lax, "t");
    }
    let Some(mut case) = Case::new(table) else { return };
    case.column("t", "n").is_nullable = false;
    case.stopped("INSERT INTO t (id) VALUES (1);", lax, "t");
}

#[test]
fn a_view_that_would_break_is_named() {
    let Some(mut case) =
        Case::new("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); CREATE VIEW v AS SELECT id, a FROM t;")
    else {
        return;
    };
    case.table("t").columns.retain(|column| column.name != "a");
    let step = migration_on(&Mysql, &mut case.there, &case.desired, &Answers::default());
    let disproof = prove_on(&Mysql, &mut case.there, &step, &case.desired, &Answers::default(), 0);
    assert!(matches!(&disproof, Err(Disproof::Broken(views)) if views[0].contains("`v`")), "{disproof:?}");
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let Some(mut case) =
        Case::new("CREATE TABLE t (id INT PRIMARY KEY, b VARBINARY(4) DEFAULT x'00ff', c TEXT COMPRESSED);")
    else {
        return;
    };
    case.column("t", "b").comment = Some("bytes".to_owned());
    let current = schema_on(&Mysql, &mut case.there);
    let found = changes_on(&Mysql, &mut case.there, &case.desired, &Answers::default());
    let error = crate::generate::migration::write(&Mysql, &mut case.there, found.operations, &current)
        .expect_err("a default that is no text");
    assert!(error.to_string().contains("its default holds bytes"), "{error}");
}

#[test]
fn a_dropped_table_comes_back_with_everything() {
    let Some(mut case) = Case::new(
        "CREATE TABLE p (id INT PRIMARY KEY);
         CREATE TABLE t (id INT PRIMARY KEY, y INT NOT NULL, at TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP,
           p_id INT, FULLTEXT KEY words (w), w TEXT, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id)) COMMENT 'c';
         CREATE TRIGGER watch BEFORE INSERT ON t FOR EACH ROW SET NEW.y = NEW.y + 1;
         CREATE TABLE parts (id INT NOT NULL, y INT NOT NULL, PRIMARY KEY (id, y))
           PARTITION BY RANGE (y) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN MAXVALUE);",
    ) else {
        return;
    };
    case.desired.tables.remove("t");
    case.desired.tables.remove("parts");
    let up = case.proven();
    assert!(up.starts_with("-- Rows are lost with"), "{up}");
}
