//! `rebuild-copy-refused`.

use crate::check::rules::prelude::*;
use crate::check::catalogue::Column as Known;
use crate::check::rules::rebuild::{self, Rebuild};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-copy-refused",
    level: Deny,
    ways: Up,
    about: "a rebuild asks more of rows than some of them give",
    why: "The new table refuses a row that the old one has: a NULL in a column that must have a value, a \
          value twice in a unique one, text in a number's column of a STRICT table. The history itself \
          put such rows there.",
    instead: "Correct the rows first, or in the copy:\n\
          \n    \
          INSERT INTO new_users (id, email) SELECT id, coalesce(email, '') FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO t (id) VALUES (1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT NOT NULL); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Fails("NOT NULL constraint failed"),
        ),
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'a');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT UNIQUE); INSERT INTO x SELECT * FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Fails("UNIQUE constraint failed"),
        ),
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 'a');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER) STRICT; INSERT INTO x SELECT * FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Fails("cannot store TEXT value"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO t (id) VALUES (1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT NOT NULL); INSERT INTO x SELECT id, coalesce(n, '') FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO t (id) VALUES (1);",
            "UPDATE t SET n = '' WHERE n IS NULL; CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT NOT NULL); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let [(span, Some(copy))] = rebuild.copies.as_slice() else { return };
    if copy.is_filtered || !rebuild.old.rows_are_known {
        return;
    }
    for column in &rebuild.old.columns {
        let Some(new) = rebuild.new.column(&column.name) else { continue };
        let is_bare = copy.is_everything || copy.items.iter().any(|item| item.text == column.name);
        if let Some(reason) = refusal(&rebuild, column, new).filter(|_| is_bare) {
            hits.push(
                Hit::new(span, format!("this fails: {reason}"))
                    .help("correct the rows first, or in the copy"),
            );
        }
    }
}

fn refusal(rebuild: &Rebuild<'_>, column: &Known, new: &Known) -> Option<String> {
    let name = &column.name;
    let is_null = |value: &&String| value.eq_ignore_ascii_case("null");
    let is_unique = rebuild.new.indexes.iter().any(|index| {
        index.is_constraint && index.columns.len() == 1 && index.columns[0].as_ref() == Some(name)
    });
    let values = || column.values.iter().filter(|value| !is_null(value));
    let mut seen = std::collections::BTreeSet::new();
    let ty = new.ty.as_ref().map_or("", |ty| ty.name.as_str());
    let is_strict = rebuild.new.options.iter().any(|option| option == "strict");
    let is_text = |value: &&String| value.starts_with('\'') && value.trim_matches('\'').parse::<f64>().is_err();
    if new.not_null && column.values.iter().any(|value| is_null(&value)) && !is_key(rebuild, name) {
        Some(format!("a row of `{}` has no `{name}`", rebuild.key))
    } else if is_unique && !values().all(|value| seen.insert(value)) {
        Some(format!("two rows of `{}` have the same `{name}`", rebuild.key))
    } else if is_strict && matches!(ty, "int" | "integer" | "real") && values().any(|value| is_text(&value)) {
        Some(format!("a row of `{}` has text in `{name}`", rebuild.key))
    } else {
        None
    }
}

/// NULL in a key of whole numbers asks for the next one.
fn is_key(rebuild: &Rebuild<'_>, name: &str) -> bool {
    rebuild.new.primary_key.iter().flatten().any(|column| column == name)
}
