//! `wide-index`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "wide-index",
    level: Allow,
    ways: Up,
    about: "an index has more than three columns",
    why: "The further back a column stands, the less it helps, and every write keeps all of them up to date.",
    instead: "Keep the columns that tell rows apart; carry others along with INCLUDE.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (a int, b int, c int, d int); CREATE INDEX i ON t (a, b, c, d);",
            Claim::Runs,
        ),
        quiet("", "CREATE TABLE t (a int, b int, c int, d int); CREATE INDEX i ON t (a, b) INCLUDE (c, d);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(create) = site.act else { return };
    if !create.is_unique && create.items.len() > 3 {
        let count = create.items.len();
        hits.push(
            Hit::new(site.span, format!("the last of these {count} columns help little"))
                .help("keep the columns that tell rows apart; carry others along with INCLUDE"),
        );
    }
}
