//! `revoke-privilege`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "revoke-privilege",
    level: Warn,
    ways: Up,
    about: "a right is taken away",
    why: "Programs that used it fail from this moment on.",
    instead: "Take it away in a release after the one that stopped needing it.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; GRANT SELECT ON users TO CURRENT_USER;",
            "REVOKE ALL ON users FROM CURRENT_USER;",
            Claim::Spoils("SELECT relacl::text LIKE '%r%' FROM pg_class WHERE relname = 'users'"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); REVOKE ALL ON fresh FROM CURRENT_USER;",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "GRANT SELECT ON users TO CURRENT_USER;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Privilege(privilege) = site.act else { return };
    let is_old = privilege.tables.is_empty() || privilege.tables.iter().any(|table| site.is_old(table));
    if !privilege.is_grant && is_old && !is_of_public(&site.statement()) {
        hits.push(
            Hit::new(site.span, "whoever needs this right fails from then on")
                .help("take it away in a release after the one that stopped needing it"),
        );
    }
}

/// Nobody's own right: closing what is open by default.
fn is_of_public(statement: &str) -> bool {
    statement.to_lowercase().trim_end_matches(';').ends_with("from public")
}
