//! `on-delete-cascade`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "on-delete-cascade",
    level: Allow,
    ways: Up,
    about: "deleting a row deletes rows of another table",
    why: "One DELETE can take far more with it than whoever writes it knows, and holds locks on all of that.",
    instead: "Leave out ON DELETE CASCADE, and delete what belongs together where it is known.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut look = |constraint: &Constraint| {
        if let ConstraintKind::ForeignKey(key) = &constraint.kind
            && key.cascades
        {
            hits.push(
                Hit::new(
                    &constraint.span,
                    format!("deleting a row of `{}` deletes the rows that point to it", key.table),
                )
                .help("leave out ON DELETE CASCADE, and delete what belongs together where it is known"),
            );
        }
    };
    if let Act::CreateTable(create) = site.act {
        let beside = create.columns.iter().flat_map(|column| &column.constraints);
        create.constraints.iter().chain(beside).for_each(&mut look);
    }
    site.added_constraints().for_each(|(_, constraint)| look(constraint));
}
