//! `trigger-of-missing-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "trigger-of-missing-column",
    level: Deny,
    ways: Up,
    about: "a trigger names a column of its table that is not there",
    why: "SQLite takes the trigger as it is. From then on every change that fires it fails.",
    instead: "Correct the name, or add the column first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1); CREATE TABLE logs (n TEXT);",
            "CREATE TRIGGER aging AFTER UPDATE ON users BEGIN INSERT INTO logs VALUES (new.emial); END;",
            Claim::Breaks("UPDATE users SET age = 2 WHERE id = 1"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1); CREATE TABLE logs (n TEXT);",
            "CREATE TRIGGER aging AFTER UPDATE ON users WHEN old.rowid > 0 BEGIN INSERT INTO logs VALUES (new.email || ' is new.here'); END;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTrigger(create) = site.act else { return };
    let Some(known) = site.table(&create.table).filter(|known| !known.is_vague && !known.columns.is_empty()) else { return };
    let is_missing = |column: &&str| known.column(column).is_none() && !ROW_NUMBER.contains(column);
    if let Some(column) = row_columns(&create.expr.text).find(is_missing) {
        hits.push(
            Hit::new(site.span, format!("what fires `{}` fails from then on: `{}` has no column `{column}`", create.name, create.table))
                .help("correct the name, or add the column first"),
        );
    }
}

/// Names that every table with row numbers has for them.
const ROW_NUMBER: [&str; 3] = ["rowid", "oid", "_rowid_"];

/// What stands behind `new.` and `old.`, outside of strings.
fn row_columns(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    let outside = text.split('\'').step_by(2);
    let words = outside.flat_map(move |part| part.split(move |character| !is_of_name(character)));
    words.filter_map(|word| word.strip_prefix("new.").or_else(|| word.strip_prefix("old.")))
}
