//! `grant-privilege`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "grant-privilege",
    level: Allow,
    ways: Up,
    about: "somebody gets a right",
    why: "A reviewer should see who can read or change what from now on.",
    instead: "Say why above it, once it was looked at:\n\
          \n    \
          -- schema:allow(grant-privilege) the reports read it\n    \
          GRANT SELECT ON users TO reports;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "GRANT SELECT ON users TO CURRENT_USER;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "INSERT INTO users (id, email) VALUES (500, 'x');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Privilege(privilege) = site.act else { return };
    if privilege.is_grant {
        hits.push(
            Hit::new(site.span, "somebody can do from now on what they could not do before")
                .help("have it looked at, and say why above: `-- schema:allow(grant-privilege) why`"),
        );
    }
}
