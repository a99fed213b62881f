//! `domain-constraint`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "domain-constraint",
    level: Warn,
    ways: Up,
    about: "a domain gets a constraint that every table with it is checked for",
    why: "PostgreSQL looks at every row of every table that has a column of the domain, and takes a SHARE lock \
          on each: writes wait.",
    instead: "Add it NOT VALID and validate it later, or put a CHECK on the tables.",
    find,
    examples: &[
        fires(
            "CREATE DOMAIN score AS int; CREATE TABLE users (id bigint PRIMARY KEY, s score); INSERT INTO users VALUES (1, 1);",
            "ALTER DOMAIN score ADD CONSTRAINT c CHECK (value > 0);",
            Claim::Locks("ShareLock", "users"),
        ),
        quiet(
            "CREATE DOMAIN score AS int; CREATE TABLE users (id bigint PRIMARY KEY, s score); INSERT INTO users VALUES (1, 1);",
            "ALTER DOMAIN score ADD CONSTRAINT c CHECK (value > 0) NOT VALID;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::ConstrainDomain(change) = site.act else { return };
    let is_new = site.catalogue.domain(&change.name.name).is_some_and(|domain| site.is_fresh(domain.born));
    if !change.is_not_valid && !is_new {
        hits.push(
            Hit::new(
                site.span,
                format!("writes wait while every row of every table that uses `{}` is checked", change.name),
            )
            .help("add the constraint NOT VALID, and validate it in a later revision"),
        );
    }
}
