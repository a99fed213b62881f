//! `refused-key`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::keys_of;
use crate::check::sql::act::CreateTable;

pub(super) static RULE: Rule = Rule {
    id: "refused-key",
    level: Deny,
    ways: Up,
    about: "a key that SQLite refuses to make",
    why: "AUTOINCREMENT needs an INTEGER PRIMARY KEY that is not descending in a table that has row \
          numbers; a table WITHOUT ROWID needs a primary key.",
    instead: "Write `id INTEGER PRIMARY KEY AUTOINCREMENT`, or leave AUTOINCREMENT out.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INT PRIMARY KEY AUTOINCREMENT);",
            Claim::Fails("AUTOINCREMENT is only allowed on an INTEGER PRIMARY KEY"),
        ),
        fires(
            "",
            "CREATE TABLE t (a INTEGER) WITHOUT ROWID;",
            Claim::Fails("PRIMARY KEY missing"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);",
        ),
        quiet(
            "",
            "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let without = create.options.iter().any(|option| option == "without rowid");
    for column in create.columns.iter().filter(|column| column.is_numbered) {
        let is_integer = column.ty.as_ref().is_some_and(|ty| ty.name == "integer");
        if without || !is_integer || column.words.iter().any(|word| word == "primary key desc") {
            hits.push(
                Hit::new(&column.span, format!("SQLite refuses AUTOINCREMENT for `{}`: only an INTEGER PRIMARY KEY of a table with row numbers has it", column.name))
                    .help("write INTEGER PRIMARY KEY AUTOINCREMENT, without WITHOUT ROWID"),
            );
        }
    }
    if without && keys_of(create).next().is_none() && !has_key(create) {
        hits.push(Hit::new(site.span, format!("SQLite refuses this: `{}` has neither row numbers nor a primary key", create.table)).help("give it a primary key"));
    }
}

fn has_key(create: &CreateTable) -> bool {
    create.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::PrimaryKey(_)))
}
