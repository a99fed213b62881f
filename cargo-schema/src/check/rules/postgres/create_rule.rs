//! `create-rule`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-rule",
    level: Warn,
    ways: Up,
    about: "a rule rewrites queries",
    why: "CREATE RULE takes an ACCESS EXCLUSIVE lock, and from then on statements do something else than they \
          say.",
    instead: "Use a trigger, or a view.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTHING;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE RULE r AS ON DELETE TO fresh DO INSTEAD NOTHING;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Create(create) = site.act else { return };
    let Some(table) = create.on.as_ref().filter(|table| create.object == Object::Rule && site.is_old(table))
    else {
        return;
    };
    hits.push(
        Hit::new(
            site.span,
            format!("statements about `{table}` do something else than they say from then on"),
        )
        .help("use a trigger, or a view"),
    );
}
