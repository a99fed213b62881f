//! `binlog-off`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "binlog-off",
    level: Deny,
    ways: Both,
    about: "changes are kept from replicas",
    why: "With `sql_log_bin = 0` nothing of what follows reaches the binary log: replicas and backups \
          that follow it lack it for ever, and break on what comes later.",
    instead: "Leave it out.",
    find,
    examples: &[
        fires(users!(), "SET SESSION sql_log_bin = 0; UPDATE users SET age = 3 WHERE id = 1; SET SESSION sql_log_bin = 1;", Claim::Runs),
        quiet(users!(), "SET SESSION sql_log_bin = 1;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    if set.name.ends_with("sql_log_bin") && matches!(set.value.as_deref(), Some("0" | "off" | "false")) {
        hits.push(
            Hit::new(site.span, "replicas and backups get nothing of what follows").help("leave it out"),
        );
    }
}
