//! `conflict-clause`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "conflict-clause",
    level: Warn,
    ways: Up,
    about: "a table deletes rows by itself",
    why: "ON CONFLICT REPLACE in a table makes every INSERT delete the row that is in the way, and its \
          columns, children and triggers with it. No error says so.",
    instead: "Leave it out, and say ON CONFLICT where a row is inserted.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT UNIQUE ON CONFLICT REPLACE, x TEXT); INSERT INTO t VALUES (1, 'a', 'kept'); INSERT INTO t (n) VALUES ('a');",
            Claim::Loses("SELECT count(x) FROM t"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT UNIQUE ON CONFLICT ABORT);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let is_silent = |word: &String| word == "on conflict replace";
    let beside = create.columns.iter().filter(|column| column.words.iter().any(is_silent)).map(|column| &column.span);
    let alone = create.options.iter().any(is_silent).then_some(site.span);
    for span in beside.chain(alone) {
        hits.push(
            Hit::new(span, format!("an INSERT into `{}` deletes the row that is in its way, without an error", create.table))
                .help("leave it out, and say ON CONFLICT where a row is inserted"),
        );
    }
}
