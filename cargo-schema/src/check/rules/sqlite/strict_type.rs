//! `strict-type`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "strict-type",
    level: Deny,
    ways: Up,
    about: "a type that a STRICT table does not know",
    why: "A STRICT table takes INT, INTEGER, REAL, TEXT, BLOB and ANY, and every column must have one of \
          them.",
    instead: "Write TEXT for dates and strings, INTEGER for booleans.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME) STRICT;",
            Claim::Fails("unknown datatype for t.at"),
        ),
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY,\n  n VARCHAR(20)) STRICT;",
            Claim::Fails("unknown datatype for t.n"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, x ANY, y REAL, z INT, b BLOB) STRICT;",
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let strict = |options: &[String]| options.iter().any(|option| option == "strict");
    let columns: Vec<&Column> = match site.act {
        Act::CreateTable(create) if strict(&create.options) => create.columns.iter().collect(),
        _ => {
            let added = site.added_columns();
            added.filter(|(table, _)| site.table(table).is_some_and(|it| strict(&it.options))).map(|(_, it)| it).collect()
        }
    };
    for column in columns {
        let ty = column.ty.as_ref();
        let is_known = ty.is_some_and(|ty| {
            ty.arguments.is_empty() && matches!(ty.name.as_str(), "int" | "integer" | "real" | "text" | "blob" | "any")
        });
        if !is_known {
            let word = ty.map_or("no type", |ty| ty.text.as_str());
            hits.push(
                Hit::new(&column.span, format!("a STRICT table does not take {word} for `{}`", column.name))
                    .help("it takes INT, INTEGER, REAL, TEXT, BLOB and ANY"),
            );
        }
    }
}
