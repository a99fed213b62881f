//! `rebuild-loses-collation`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-collation",
    level: Warn,
    ways: Up,
    about: "a table is made anew, and a column compares its text otherwise",
    why: "Without its collation the column tells `Ada` from `ada`: searches find less, unique indexes let \
          doubles in, and orders change.",
    instead: "Repeat the collation in the new table:\n\
          \n    \
          email TEXT COLLATE NOCASE",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'Ada');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Loses("SELECT count(*) FROM t WHERE n = 'ada'"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'Ada');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT NOT NULL COLLATE nocase); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for column in &rebuild.old.columns {
        let Some(collation) = column.collation.as_ref().filter(|collation| *collation != "binary") else { continue };
        if rebuild.new.column(&column.name).is_some_and(|new| new.collation.is_none()) {
            hits.push(
                Hit::new(site.span, format!("`{}.{}` is not compared by `{collation}` any more", rebuild.key, column.name))
                    .help("repeat the collation in the new table"),
            );
        }
    }
}
