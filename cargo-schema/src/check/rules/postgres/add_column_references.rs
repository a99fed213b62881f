//! `add-column-references`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "add-column-references",
    level: Warn,
    ways: Up,
    about: "a column comes with a foreign key and a default, which is compared for every row",
    why: "With a default that is not NULL every row gets a value, and the key is compared for every one of \
          them while nobody can read or write the table, or write to the one it points to.",
    instead: "Add the column, add the key NOT VALID, and validate it in a later revision:\n\
          \n    \
          ALTER TABLE orders ADD COLUMN shop_id bigint;\n    \
          ALTER TABLE orders ADD CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) NOT VALID;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD COLUMN owner bigint DEFAULT 1 REFERENCES users (id);",
            Claim::Locks("AccessExclusiveLock", "orders"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD COLUMN owner bigint REFERENCES users (id);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        let has_values =
            column.default.as_ref().is_some_and(|default| !default.is_null) || column.generated.is_some();
        for constraint in &column.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            if has_values {
                hits.push(
                    Hit::new(
                        &column.span,
                        format!(
                            "every row of `{table}` is compared with `{}` while nobody can use `{table}`",
                            key.table
                        ),
                    )
                    .help(
                        "add the column first, the key NOT VALID next, and validate it in a later revision",
                    ),
                );
            }
        }
    }
}
