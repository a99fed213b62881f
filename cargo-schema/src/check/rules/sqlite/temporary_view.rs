//! `temporary-view`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "temporary-view",
    level: Warn,
    ways: Up,
    about: "a view that is gone when the migration is done",
    why: "A temporary view lives as long as the connection; the programs that are to read it never see \
          it.",
    instead: "Leave TEMP out.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TEMP VIEW emails AS SELECT email FROM users;",
            Claim::Spoils("SELECT 1 - count(*) FROM sqlite_temp_master"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE VIEW emails AS SELECT email FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateView(create) = site.act else { return };
    let is_used = || site.after().iter().any(|placed| matches!(&placed.act, Act::Insert(it) if it.copy.iter().any(|copy| copy.from.contains(&create.name))));
    if create.is_temporary && !is_used() {
        hits.push(Hit::new(site.span, format!("no program ever sees `{}`: it goes with this connection", create.name)).help("leave TEMP out"));
    }
}
