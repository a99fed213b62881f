//! `drop-database`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-database",
    level: Deny,
    ways: Both,
    about: "a database goes",
    why: "Everything in it is lost, and no backup is made.",
    instead: "Drop databases by hand, not in a history.",
    find,
    examples: &[
        fires("", "DROP DATABASE IF EXISTS schema_lint_no_such;", Claim::Runs).outside(),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "COMMENT ON TABLE users IS 'DROP DATABASE shop';",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object == Object::Database {
        for name in &drop.names {
            hits.push(
                Hit::new(site.span, format!("the database `{name}` and all that is in it will be lost"))
                    .help("drop databases by hand, not in a history"),
            );
        }
    }
}
