//! `not-repeatable`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "not-repeatable",
    level: Allow,
    ways: Up,
    about: "a script without a transaction cannot be run again after it failed",
    why: "What ran before the failure stays, and fails the second time.",
    instead: "Say IF EXISTS or IF NOT EXISTS.",
    find,
    examples: &[
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "CREATE INDEX CONCURRENTLY i ON users (age);\nCREATE INDEX CONCURRENTLY j ON users (email);", Claim::Runs).outside(),
        quiet("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "CREATE INDEX CONCURRENTLY i ON users (age);").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if site.is_transactional() || site.script.acts.len() < 2 {
        return;
    }
    let is_guarded = match site.act {
        Act::CreateTable(create) => create.if_not_exists,
        Act::CreateIndex(create) => create.if_not_exists,
        Act::Drop(drop) => drop.if_exists,
        _ => return,
    };
    if !is_guarded {
        hits.push(
            Hit::new(site.span, "if a later statement fails, this one fails when the script runs again")
                .help("say IF EXISTS or IF NOT EXISTS"),
        );
    }
}
