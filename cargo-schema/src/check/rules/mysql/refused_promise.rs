//! `refused-promise`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "refused-promise",
    level: Deny,
    ways: Up,
    about: "ALTER TABLE is told to keep to what the server cannot",
    why: "ALGORITHM and LOCK are promises: where the change needs more, the server refuses it (error \
          1845 or 1846) and nothing happens.",
    instead: "Choose another change, or do this one while nobody writes, and say `ALGORITHM=COPY`.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users MODIFY age bigint, ALGORITHM=INPLACE, LOCK=NONE;", Claim::Fails("1846")),
        fires(users!(), "ALTER TABLE users ADD INDEX users_age (age), ALGORITHM=INSTANT;", Claim::Fails("1846")),
        fires(users!(), "ALTER TABLE users ADD FULLTEXT INDEX users_text (email), LOCK=NONE;", Claim::Fails("1846")),
        quiet(users!(), "ALTER TABLE users ADD INDEX users_age (age), ALGORITHM=INPLACE, LOCK=NONE;"),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ALGORITHM=INSTANT;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if let Act::CreateIndex(index) = site.act {
        let work = if matches!(index.method.as_deref(), Some("fulltext" | "spatial")) { Work::Locked } else { Work::Index };
        say(site.span, &index.options, work, hits);
    }
    let Some(alter) = innodb::alter(site) else { return };
    for action in &alter.actions {
        if let Some(work) = innodb::needs(site, &alter.table, action) {
            say(&action.span, &alter.options, work, hits);
        }
    }
}

fn say(span: &std::ops::Range<usize>, options: &[String], work: Work, hits: &mut Vec<Hit>) {
    let Some(promise) = options.iter().find(|option| is_broken(option, work)) else { return };
    let promise = promise.to_uppercase();
    hits.push(
        Hit::new(span, format!("the server refuses `{promise}`: {}", innodb::needed(work)))
            .help("choose another change, or do this one while nobody writes, and say `ALGORITHM=COPY`"),
    );
}

/// Whether the work is more than what was promised.
fn is_broken(promise: &str, work: Work) -> bool {
    match promise {
        "algorithm=instant" => work > Work::Instant,
        "algorithm=nocopy" => work > Work::Index && work != Work::Locked,
        "algorithm=inplace" => work == Work::Copy,
        "lock=none" => work > Work::Rebuild,
        _ => false,
    }
}
