//! What a scratch database holds, quick to take again and again: the rows of `sqlite_master` as they are. Only those
//! that differ are read as SQL, for a column that was dropped and added again stands elsewhere and means the same.

use diesel::SqliteConnection;

use super::introspect::{Catalogue, of_rows};
use super::{lines, name, seed};
use crate::database::scratch::Error;
use crate::generate::prove;

const SEPARATOR: char = '\u{1}';

/// One row of the picture, cut up.
pub(super) struct Row<'p> {
    pub(super) kind: &'p str,
    pub(super) name: &'p str,
    pub(super) table: &'p str,
    pub(super) sql: &'p str,
}

/// Everything that is there, sorted.
pub(super) fn of(database: &mut SqliteConnection) -> Result<Vec<String>, Error> {
    let mut rows = seed::texts(
        database,
        "SELECT type || char(1) || name || char(1) || tbl_name || char(1) || sql AS text FROM sqlite_master \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    rows.sort_unstable();
    Ok(rows)
}

/// The number that SQLite raises with every change of the schema.
pub(super) fn edition(database: &mut SqliteConnection) -> Result<Option<u64>, Error> {
    let number = seed::texts(database, "SELECT schema_version || '' AS text FROM pragma_schema_version")?;
    Ok(number.first().and_then(|number| number.parse().ok()))
}

/// Whether a script may change the schema's text, or that number, by hand.
pub(super) fn edits_schema(script: &str) -> bool {
    let script = script.to_lowercase();
    ["writable_schema", "schema_version"].iter().any(|word| script.contains(word))
}

/// What differs in meaning.
pub(super) fn unequal(before: &[String], after: &[String]) -> Vec<String> {
    if before == after {
        return Vec::new();
    }
    let tables: Vec<String> = alone(before, after).chain(alone(after, before)).map(table).collect();
    prove::unequal(&lines::of(&part(before, &tables)), &lines::of(&part(after, &tables)))
}

/// The tables of the second picture that the first does not know.
pub(super) fn new_tables(before: &[String], after: &[String]) -> Catalogue {
    let known: Vec<String> = before.iter().map(|row| table(row)).collect();
    let new: Vec<String> =
        alone(after, before).map(table).filter(|table| known.binary_search(table).is_err()).collect();
    part(after, &new)
}

/// The rows that only one of two pictures has.
fn alone<'p>(here: &'p [String], there: &'p [String]) -> impl Iterator<Item = &'p str> {
    here.iter().filter(|row| there.binary_search(row).is_err()).map(String::as_str)
}

/// The table that a row belongs to, as names are compared.
fn table(row: &str) -> String {
    name::fold(cut(row).table)
}

fn part(picture: &[String], tables: &[String]) -> Catalogue {
    let rows: Vec<Row<'_>> =
        picture.iter().map(|row| cut(row)).filter(|row| tables.contains(&name::fold(row.table))).collect();
    of_rows(&rows)
}

fn cut(row: &str) -> Row<'_> {
    let mut parts = row.splitn(4, SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    Row { kind: next(), name: next(), table: next(), sql: next() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::scratch::{run, sqlite};

    #[track_caller]
    fn differences(before: &str, change: &str) -> Vec<String> {
        let mut database = sqlite().expect("a database");
        run(&mut database, before).expect("sound SQL");
        let first = of(&mut database).expect("a picture");
        run(&mut database, change).expect("sound SQL");
        unequal(&first, &of(&mut database).expect("a picture"))
    }

    #[test]
    fn its_number_stands_still_while_rows_change_alone() {
        let mut database = sqlite().expect("a database");
        let mut number = |sql: &str| {
            run(&mut database, sql).expect("sound SQL");
            edition(&mut database).expect("a number").expect("SQLite has one")
        };
        let first = number(TABLES);
        assert_eq!(number("INSERT INTO a VALUES (1, 'x'); DELETE FROM a; BEGIN; ROLLBACK"), first);
        let second = number("ALTER TABLE a ADD COLUMN w TEXT");
        assert_ne!(second, first);
        assert_ne!(number("ALTER TABLE a DROP COLUMN w"), second);
    }

    #[test]
    fn a_script_that_writes_the_schema_by_hand_is_told() {
        assert!(edits_schema("PRAGMA Writable_Schema = 1; UPDATE sqlite_master SET sql = ''"));
        assert!(!edits_schema("ALTER TABLE a ADD COLUMN w TEXT"));
    }

    const TABLES: &str =
        "CREATE TABLE a (x INTEGER, y TEXT); CREATE INDEX i ON a (y); CREATE TABLE b (z TEXT);";

    #[test]
    fn the_same_in_other_words_is_the_same() {
        assert_eq!(differences(TABLES, ""), [] as [&str; 0]);
        let there_and_back = "ALTER TABLE a RENAME TO c; ALTER TABLE c RENAME TO a; DROP INDEX i;
            ALTER TABLE a DROP COLUMN y; ALTER TABLE a ADD COLUMN y TEXT; CREATE INDEX i ON \"a\" (\"y\");";
        assert_eq!(differences(TABLES, there_and_back), [] as [&str; 0]);
    }

    #[test]
    fn what_is_gone_and_what_is_new_is_told() {
        assert_eq!(differences(TABLES, "DROP INDEX i"), ["- index i: create index i on a ( y )"]);
        assert_eq!(differences(TABLES, "ALTER TABLE b ADD COLUMN w BLOB").len(), 1);
    }

    #[test]
    fn new_tables_are_told_from_those_that_changed() {
        let mut database = sqlite().expect("a database");
        run(&mut database, TABLES).expect("sound SQL");
        let first = of(&mut database).expect("a picture");
        run(&mut database, "ALTER TABLE a ADD COLUMN w TEXT; CREATE TABLE c (x)").expect("sound SQL");
        let new = new_tables(&first, &of(&mut database).expect("a picture"));
        assert_eq!(new.tables.keys().collect::<Vec<_>>(), ["c"]);
    }
}
