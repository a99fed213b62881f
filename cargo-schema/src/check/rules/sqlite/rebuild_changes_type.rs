//! `rebuild-changes-type`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;
use crate::dialect::sqlite::types::{Affinity, affinity};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-changes-type",
    level: Warn,
    ways: Up,
    about: "a rebuild makes numbers of text",
    why: "SQLite stores what looks like a number as one as soon as the column's type asks for it: '007' \
          becomes 7, '1e3' becomes 1000, a long number loses its last digits. What looks like none stays \
          text in a column of numbers.",
    instead: "Keep the type, or look first at what it would change:\n\
          \n    \
          SELECT phone FROM users WHERE phone <> CAST(CAST(phone AS INTEGER) AS TEXT);",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, phone TEXT); INSERT INTO t VALUES (1, '007');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, phone INTEGER); INSERT INTO x SELECT id, phone FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Loses("SELECT count(*) FROM t WHERE phone = '007' AND typeof(phone) = 'text'"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO x SELECT id, coalesce(n, 0) FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let kind = |column: &crate::check::catalogue::Column| column.ty.as_ref().map(|ty| affinity(&ty.text));
    for column in rebuild.old.columns.iter().filter(|column| kind(column) == Some(Affinity::Text)) {
        let new = rebuild.new.column(&column.name);
        let is_number = new.and_then(kind).is_some_and(|kind| !matches!(kind, Affinity::Text | Affinity::Blob));
        if let Some((span, _)) = rebuild.copies.first().filter(|_| is_number) {
            hits.push(
                Hit::new(span, format!("what looks like a number in `{}.{}` becomes one: '007' becomes 7", rebuild.key, column.name))
                    .help("keep the type, or look first at what it would change"),
            );
        }
    }
}
