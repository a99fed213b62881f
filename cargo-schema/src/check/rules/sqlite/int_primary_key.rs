//! `int-primary-key`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::keys_of;

pub(super) static RULE: Rule = Rule {
    id: "int-primary-key",
    level: Warn,
    ways: Up,
    about: "a key of whole numbers that SQLite neither counts nor keeps from being NULL",
    why: "Only the exact word INTEGER makes a primary key the number of the row. INT or BIGINT makes an \
          ordinary column with an index beside it: nothing counts it, and it takes NULL, row after row.",
    instead: "Write INTEGER, or NOT NULL where the numbers come from elsewhere:\n\
          \n    \
          id INTEGER PRIMARY KEY",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INT PRIMARY KEY, n TEXT); INSERT INTO t (n) VALUES ('a'), ('b');",
            Claim::Loses("SELECT count(id) FROM t"),
        ),
        fires(
            "",
            "CREATE TABLE t (id BIGINT, n TEXT, PRIMARY KEY (id));",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);",
        ),
        quiet(
            "",
            "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n TEXT);",
        ),
        quiet(
            "",
            "CREATE TABLE t (id INT PRIMARY KEY, n TEXT) WITHOUT ROWID;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    if create.options.iter().any(|option| option == "without rowid" || option == "strict") {
        return;
    }
    for column in keys_of(create).filter(|column| !column.not_null) {
        let ty = column.ty.as_ref().map_or("", |ty| ty.name.as_str());
        if (ty.contains("int") && ty != "integer") || ty.contains("serial") {
            hits.push(
                Hit::new(&column.span, format!("`{}` is not the number of the row: nothing counts it, and it takes NULL", column.name))
                    .help("write INTEGER PRIMARY KEY; or NOT NULL, where the numbers come from elsewhere"),
            );
        }
    }
}
