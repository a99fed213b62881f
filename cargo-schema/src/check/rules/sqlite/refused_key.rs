//! `refused-key`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::CreateTable;

pub(super) static RULE: Rule = Rule {
    id: "refused-key",
    level: Deny,
    ways: Up,
    about: "a key that SQLite refuses to make",
    why: "AUTOINCREMENT needs an INTEGER PRIMARY KEY that is not descending in a table that has row \
          numbers; a table WITHOUT ROWID needs a primary key, and no table has two.",
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
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, PRIMARY KEY (a));",
            Claim::Fails("more than one primary key"),
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
    numbered(create, without, hits);
    if without && primary_keys(create) == 0 {
        hits.push(Hit::new(site.span, format!("SQLite refuses this: `{}` has neither row numbers nor a primary key", create.table)).help("give it a primary key"));
    }
    if primary_keys(create) > 1 {
        hits.push(Hit::new(site.span, format!("SQLite refuses this: `{}` has more than one primary key", create.table)).help("leave one, and make the others UNIQUE"));
    }
}

fn numbered(create: &CreateTable, without: bool, hits: &mut Vec<Hit>) {
    for column in create.columns.iter().filter(|column| column.is_numbered) {
        let is_integer = column.ty.as_ref().is_some_and(|ty| ty.name == "integer");
        if without || !is_integer || column.words.iter().any(|word| word == "primary key desc") {
            hits.push(
                Hit::new(&column.span, format!("SQLite refuses AUTOINCREMENT for `{}`: only an INTEGER PRIMARY KEY of a table with row numbers has it", column.name))
                    .help("write INTEGER PRIMARY KEY AUTOINCREMENT, without WITHOUT ROWID"),
            );
        }
    }
}

/// How often the table is given one.
fn primary_keys(create: &CreateTable) -> usize {
    let beside = create.columns.iter().flat_map(|column| &column.constraints);
    let all = create.constraints.iter().chain(beside);
    all.filter(|it| matches!(it.kind, ConstraintKind::PrimaryKey(_))).count()
}
