//! `nullable-primary-key`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::keys_of;

pub(super) static RULE: Rule = Rule {
    id: "nullable-primary-key",
    level: Allow,
    ways: Up,
    about: "a primary key that takes NULL",
    why: "By an old mistake that SQLite keeps, a primary key takes NULL, in any number of rows, unless it \
          is an INTEGER PRIMARY KEY or the table is STRICT or WITHOUT ROWID.",
    instead: "Say NOT NULL:\n\
          \n    \
          code TEXT NOT NULL PRIMARY KEY",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (code TEXT PRIMARY KEY); INSERT INTO t VALUES (NULL), (NULL);",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE t (code TEXT NOT NULL PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let is_safe = create.options.iter().any(|option| option == "without rowid" || option == "strict");
    for column in keys_of(create).filter(|column| !is_safe && !column.not_null) {
        if column.ty.as_ref().is_none_or(|ty| ty.name != "integer") {
            hits.push(Hit::new(&column.span, format!("`{}` takes NULL in any number of rows", column.name)).help("say NOT NULL"));
        }
    }
}
