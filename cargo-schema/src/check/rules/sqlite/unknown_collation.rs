//! `unknown-collation`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unknown-collation",
    level: Deny,
    ways: Up,
    about: "a collation that the program would have to bring",
    why: "SQLite has BINARY, NOCASE and RTRIM. Any other is a function that the connection must have \
          registered; `cargo schema`, the sqlite3 shell and every other program fail: `no such collation \
          sequence`.",
    instead: "Use NOCASE, or compare in the program.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE german);",
            Claim::Fails("no such collation sequence"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE nocase, m TEXT COLLATE \"RTRIM\");",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns: Vec<&Column> = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect(),
    };
    let beside = columns.into_iter().filter_map(|column| Some((&column.span, column.collation.as_deref()?)));
    let items = match site.act {
        Act::CreateIndex(create) => create.items.as_slice(),
        _ => &[],
    };
    let of_items = items.iter().filter_map(|item| Some((site.span, item.text.split_once(" COLLATE ")?.1.split(' ').next()?)));
    for (span, collation) in beside.chain(of_items) {
        if !matches!(collation.to_lowercase().as_str(), "binary" | "nocase" | "rtrim") {
            hits.push(
                Hit::new(span, format!("only a connection that registered `{collation}` can use this"))
                    .help("use NOCASE, or compare in the program"),
            );
        }
    }
}
