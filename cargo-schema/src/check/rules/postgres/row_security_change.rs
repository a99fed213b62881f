//! `row-security-change`.

use crate::check::rules::prelude::*;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    id: "row-security-change",
    level: Warn,
    ways: Up,
    about: "who sees which rows changes",
    why: "With row level security switched on, or a policy changed, queries go empty without an error, or show \
          what they should not. Each takes an ACCESS EXCLUSIVE lock on the table.",
    instead: "Have it looked at, and say why:\n\
          \n    \
          -- schema:allow(row-security-change) reviewed with the security team\n    \
          ALTER TABLE users ENABLE ROW LEVEL SECURITY;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE POLICY p ON users USING (true);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON fresh USING (true);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::RowSecurity) {
            hits.push(hit(&action.span, table));
        }
    }
    let on = match site.act {
        Act::Create(create) if create.object == Object::Policy => create.on.as_ref(),
        Act::Alter(alter) if alter.object == Object::Policy => alter.on.as_ref(),
        Act::Drop(drop) if drop.object == Object::Policy => drop.on.as_ref(),
        _ => None,
    };
    hits.extend(on.filter(|table| site.is_old(table)).map(|table| hit(site.span, table)));
}

fn hit(span: &Range<usize>, table: &Name) -> Hit {
    Hit::new(span, format!("who sees which rows of `{table}` changes, and no query fails"))
        .help("have it looked at, and say why above: `-- schema:allow(row-security-change) why`")
}
