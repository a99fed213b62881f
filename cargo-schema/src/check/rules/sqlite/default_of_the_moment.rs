//! `default-of-the-moment`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_of_the_moment;

pub(super) static RULE: Rule = Rule {
    id: "default-of-the-moment",
    level: Allow,
    ways: Up,
    about: "a default is the time as text",
    why: "CURRENT_TIMESTAMP and datetime('now') give UTC to the second, without a zone. Programs that \
          store another form in the same column compare apples with pears.",
    instead: "Write the value where the row is written, or keep one form: `strftime('%Y-%m-%dT%H:%M:%fZ', \
          'now')`.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP);",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT DEFAULT '2026-01-01');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let columns: Vec<&Column> = match site.act {
        Act::CreateTable(create) => create.columns.iter().collect(),
        _ => site.added_columns().map(|(_, column)| column).collect(),
    };
    for column in columns {
        if column.default.iter().any(is_of_the_moment) {
            hits.push(Hit::new(&column.span, format!("`{}` is UTC to the second, without a zone", column.name)).help("keep one form in the column"));
        }
    }
}
