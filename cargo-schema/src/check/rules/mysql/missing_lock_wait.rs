//! `missing-lock-wait`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "missing-lock-wait",
    level: Allow,
    ways: Up,
    about: "a table in use is altered without a limit to the wait for it",
    why: "ALTER TABLE waits for every transaction that has used the table, for a day by default \
          (`lock_wait_timeout`), and everybody who comes later waits behind it.",
    instead: "Wait for a few seconds, and try again later:\n\
          \n    \
          SET SESSION lock_wait_timeout = 5;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50);", Claim::Runs),
        quiet(users!(), "SET SESSION lock_wait_timeout = 5; ALTER TABLE users ADD COLUMN city varchar(50);"),
        quiet(users!(), "ALTER TABLE users WAIT 5 ADD COLUMN city varchar(50);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    let has_limit = alter.options.iter().any(|option| option.contains("wait"));
    if !has_limit && innodb::value(site, "lock_wait_timeout").is_none() {
        hits.push(
            Hit::new(site.span, format!("it may wait for `{}` as long as a day, and everybody else behind it", alter.table))
                .sql("limit the wait before it (on MariaDB `ALTER TABLE .. WAIT 5` does as well):", "SET SESSION lock_wait_timeout = 5;"),
        );
    }
}
