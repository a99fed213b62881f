//! `alter-ignore`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "alter-ignore",
    level: Deny,
    ways: Up,
    about: "ALTER IGNORE TABLE deletes rows that do not fit",
    why: "Rows that break a new unique key are deleted, all but one, and values that do not fit are \
          bent. MySQL 5.7 and later refuse the word; MariaDB still obeys.",
    instead: "Leave IGNORE out, and mend the rows before",
    find,
    examples: &[
        fires(users!("INSERT INTO users (email) VALUES ('a');"), "-- schema:allow(unique-on-existing) shown here\nALTER IGNORE TABLE users ADD UNIQUE INDEX users_email (email);", Claim::Loses("SELECT count(*) FROM users")),
        quiet(users!(), "-- schema:allow(unique-on-existing) looked at\nALTER TABLE users ADD UNIQUE INDEX `ignore` (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    if alter.options.iter().any(|option| option == "ignore") {
        hits.push(
            Hit::new(site.span, format!("rows of `{}` that do not fit are deleted or bent without an error", alter.table))
                .help("leave IGNORE out, and mend the rows before"),
        );
    }
}
