//! `blocking-promise`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "blocking-promise",
    level: Warn,
    ways: Up,
    about: "ALTER TABLE is told to copy the table, or to keep others out",
    why: "`ALGORITHM=COPY` copies every row though less might do, and `LOCK=EXCLUSIVE` or \
          `LOCK=SHARED` keeps programs from the table while it runs.",
    instead: "Ask for the least that works; the server refuses what it cannot do:\n\
          \n    \
          ALTER TABLE users ADD INDEX users_age (age), ALGORITHM=INPLACE, LOCK=NONE;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ALGORITHM=COPY;", Claim::Rewrites("users")),
        fires(users!(), "ALTER TABLE users ADD INDEX users_age (age), LOCK=EXCLUSIVE;", Claim::Runs),
        quiet(users!(), "ALTER TABLE users ADD INDEX users_age (age), LOCK=NONE;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (table, options) = match site.act {
        Act::AlterTable(alter) => (&alter.table, &alter.options),
        Act::CreateIndex(index) => (&index.table, &index.options),
        _ => return,
    };
    let is_blocking = |option: &&String| matches!(option.as_str(), "algorithm=copy" | "lock=exclusive" | "lock=shared");
    if let Some(option) = options.iter().find(is_blocking).filter(|_| site.is_old(table)) {
        hits.push(
            Hit::new(site.span, format!("`{}` keeps programs from `{table}` while it runs", option.to_uppercase()))
                .help("ask for the least that works: `ALGORITHM=INSTANT`, or `ALGORITHM=INPLACE, LOCK=NONE`"),
        );
    }
}
