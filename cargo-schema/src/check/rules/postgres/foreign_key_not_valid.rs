//! `foreign-key-not-valid`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-not-valid",
    level: Warn,
    ways: Up,
    about: "a foreign key looks at all rows while writes to two tables wait",
    why: "ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on both tables and holds it while it compares every \
          row.",
    instead: "Add it without looking, then look in a later revision, which lets writes go on:\n\
          \n    \
          ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n    \
          ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id);",
            Claim::Locks("ShareRowExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, user_id bigint); ALTER TABLE fresh ADD FOREIGN KEY (user_id) REFERENCES users (id);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::AddConstraint(constraint) = &action.kind else { continue };
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        if constraint.is_not_valid {
            continue;
        }
        let text = site.text(&action.span).split_whitespace().collect::<Vec<_>>().join(" ");
        hits.push(
            Hit::new(
                &action.span,
                format!("writes to `{table}` and `{}` wait while every row is compared", key.table),
            )
            .sql(
                "add it NOT VALID, and validate it in a later revision:",
                format!("ALTER TABLE {table} {text} NOT VALID;"),
            ),
        );
    }
}
