//! `optimize-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "optimize-table",
    level: Warn,
    ways: Up,
    about: "OPTIMIZE or REPAIR writes a table anew",
    why: "For InnoDB OPTIMIZE TABLE is a rebuild of the whole table; other engines are locked \
          meanwhile. It does not belong to a change of the schema.",
    instead: "Leave it to upkeep outside the history.",
    find,
    examples: &[
        fires(users!(), "OPTIMIZE TABLE users;", Claim::Rewrites("users")),
        quiet(users!(), "ANALYZE TABLE users;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Maintain(work) = site.act else { return };
    let is_rewritten = matches!(work.verb.as_str(), "optimize" | "repair");
    for table in work.tables.iter().filter(|table| is_rewritten && site.is_old(table)) {
        hits.push(
            Hit::new(site.span, format!("the whole of `{table}` is written anew"))
                .help("leave it to upkeep outside the history"),
        );
    }
}
