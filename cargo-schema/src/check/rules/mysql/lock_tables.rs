//! `lock-tables`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "lock-tables",
    level: Warn,
    ways: Up,
    about: "LOCK TABLES stops programs, and ends the transaction",
    why: "Until UNLOCK TABLES nobody else can write, and with WRITE nobody can read either. It commits \
          the transaction that is open, and this session can use no other table meanwhile.",
    instead: "Leave it out: each statement takes the locks that it needs.",
    find,
    examples: &[
        fires(users!(), "LOCK TABLES users WRITE; UPDATE users SET age = 2 WHERE id = 1; UNLOCK TABLES;", Claim::Runs),
        quiet(users!(), "UPDATE users SET age = 2 WHERE id = 1; -- LOCK TABLES users WRITE"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if matches!(site.act, Act::Other(words) if words == "flush tables") && !site.catalogue.is_empty() {
        hits.push(Hit::new(site.span, "every table of the server is closed, and who uses one has to wait").help("leave it out"));
    }
    let Act::Lock(lock) = site.act else { return };
    for table in lock.tables.iter().filter(|table| site.is_old(table)) {
        let who = if lock.mode == "write" { "read or write" } else { "write" };
        hits.push(
            Hit::new(site.span, format!("nobody else can {who} `{table}` until UNLOCK TABLES"))
                .help("leave it out: each statement takes the locks that it needs"),
        );
    }
}
