//! `numeric-type-by-accident`.

use crate::check::rules::prelude::*;
use crate::dialect::sqlite::types::{Affinity, affinity};

pub(super) static RULE: Rule = Rule {
    id: "numeric-type-by-accident",
    level: Warn,
    ways: Up,
    about: "a type that SQLite takes for a number, although it sounds like text",
    why: "SQLite goes by parts of a type's name. What holds none of INT, CHAR, CLOB, TEXT, BLOB, REAL, \
          FLOA and DOUB is a number wherever it looks like one: in a STRING column '007' becomes 7 and \
          '1e3' becomes 1000.",
    instead: "Write TEXT:\n\
          \n    \
          code TEXT NOT NULL",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, code STRING); INSERT INTO t VALUES (1, '007');",
            Claim::Loses("SELECT count(*) FROM t WHERE code = '007' AND typeof(code) = 'text'"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(9), at DATETIME, day DATE, flag BOOLEAN, price DECIMAL(10, 2), n NUMERIC);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns: Vec<&Column> = match site.act {
        Act::CreateTable(create) if create.options.iter().any(|option| option == "strict" || option.starts_with("using ")) => return,
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect(),
    };
    for column in columns {
        let Some(ty) = &column.ty else { continue };
        if affinity(&ty.text) == Affinity::Numeric && TEXTS.iter().any(|word| ty.name.contains(word)) {
            hits.push(
                Hit::new(&column.span, format!("`{}` is a number to SQLite: '007' becomes 7 in `{}`", ty.text, column.name))
                    .help("write TEXT"),
            );
        }
    }
}

/// Words by which people mean text.
const TEXTS: [&str; 11] =
    ["string", "str", "enum", "name", "password", "email", "url", "phone", "zip", "code", "set"];
