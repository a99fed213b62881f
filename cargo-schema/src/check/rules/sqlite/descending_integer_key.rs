//! `descending-integer-key`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "descending-integer-key",
    level: Warn,
    ways: Up,
    about: "an INTEGER PRIMARY KEY DESC, which is not the number of the row",
    why: "By an old mistake that SQLite keeps for the sake of old files, DESC beside the column makes it \
          an ordinary one: nothing counts it, and it takes NULL.",
    instead: "Leave DESC out; a query can order as it likes:\n\
          \n    \
          id INTEGER PRIMARY KEY",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, n TEXT); INSERT INTO t (n) VALUES ('a');",
            Claim::Loses("SELECT count(id) FROM t"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY ASC, n TEXT);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    for column in create.columns.iter().filter(|column| column.words.iter().any(|word| word == "primary key desc")) {
        if column.ty.as_ref().is_some_and(|ty| ty.name == "integer") {
            hits.push(
                Hit::new(&column.span, format!("`{}` is not the number of the row: nothing counts it, and it takes NULL", column.name))
                    .help("leave DESC out"),
            );
        }
    }
}
