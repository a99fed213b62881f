//! `hash-index`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "hash-index",
    level: Allow,
    ways: Up,
    about: "a hash index answers equality alone",
    why: "It cannot be unique, sort or answer ranges, and before PostgreSQL 10 it was lost in a crash.",
    instead: "Use the default, a b-tree.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE INDEX i ON fresh USING hash (email);",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE INDEX i ON fresh (email);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateIndex(create) = site.act else { return };
    if create.method.as_deref() == Some("hash") {
        hits.push(
            Hit::new(site.span, "a hash index answers equality alone").help("use the default, a b-tree"),
        );
    }
}
