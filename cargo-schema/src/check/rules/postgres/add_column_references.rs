//! `add-column-references`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-references",
    level: Warn,
    ways: Up,
    about: "a column comes with a foreign key",
    why: "Nobody can read or write the table while PostgreSQL waits until no other transaction writes to the one \
          that the key points to. With a default that is not NULL the key is compared for every row, too.",
    instead: "Add the column, add the key NOT VALID in the next revision, and validate it in a third one:\n\
          \n    \
          ALTER TABLE orders ADD COLUMN shop_id bigint;\n\
          \n    \
          ALTER TABLE orders ADD CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) NOT VALID;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD COLUMN owner bigint DEFAULT 1 REFERENCES users (id);",
            Claim::Locks("AccessExclusiveLock", "orders"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD COLUMN owner bigint REFERENCES users (id);",
            Claim::Locks("ShareRowExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD COLUMN parent bigint REFERENCES orders (id);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        let has_values =
            column.default.as_ref().is_some_and(|default| !default.is_null) || column.generated.is_some();
        for constraint in &column.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            let other = &key.table;
            let is_other_used = site.is_old(other) && site.catalogue.key(other) != site.catalogue.key(table);
            let message = match (has_values, is_other_used) {
                (true, _) => {
                    format!("every row of `{table}` is compared with `{other}` while nobody can use `{table}`")
                }
                (false, true) => format!("nobody can use `{table}` while this waits for those who write to `{other}`"),
                (false, false) => continue,
            };
            hits.push(Hit::new(&column.span, message).help(
                "add the column first, the key NOT VALID in the next revision, and validate it in a third one",
            ));
        }
    }
}
