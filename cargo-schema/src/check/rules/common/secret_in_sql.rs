//! `secret-in-sql`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "secret-in-sql",
    level: Warn,
    ways: Both,
    about: "a password or a key is written into a migration",
    why: "Migrations are committed, copied into binaries and printed in logs. Whoever reads one of these has \
          the secret, and the history keeps it for ever.",
    instead: "Give the role its password outside the history, and change the one that is written here.",
    find,
    examples: &[
        fires(
            "",
            "INSERT INTO settings VALUES ('token', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789');",
            Claim::Fails("42P01"),
        ),
        quiet("", "CREATE TABLE settings (id bigint PRIMARY KEY, password text);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let text = site.statement();
    let lower = text.to_lowercase();
    let is_password = match site.act {
        Act::Create(create) if create.object == Object::Role => has_password(&lower),
        Act::Alter(alter) if alter.object == Object::Role => has_password(&lower),
        Act::Privilege(_) | Act::Set(_) | Act::Other(_) => has_password(&lower) || has_key(&text),
        _ => has_key(&text),
    };
    if is_password {
        hits.push(
            Hit::new(site.span, "a secret is written into this statement, and stays in the history for ever")
                .help("set it outside the history, and change the one that is written here"),
        );
    }
}

/// As PostgreSQL and MySQL say it.
fn has_password(lower: &str) -> bool {
    lower.contains("password '") || lower.contains("identified by '") || lower.contains("password('")
}

/// Beginnings that nothing but a key has.
const KEYS: [&str; 6] =
    ["-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE", "'sk_live_", "'ghp_", "'xoxb-", "'AKIA"];

fn has_key(text: &str) -> bool {
    KEYS.iter().any(|key| text.contains(key))
}
