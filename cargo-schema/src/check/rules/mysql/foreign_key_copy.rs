//! `foreign-key-copy`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-copy",
    level: Warn,
    ways: Up,
    about: "a foreign key is added to a table that is in use, which copies every row",
    why: "The server looks at every row, and copies all of them to do so; nobody can write to the \
          table meanwhile. With `foreign_key_checks = 0` it is done at once, and no row is looked at.",
    instead: "Look for rows that point to nothing yourself, then add the key without looking at rows, and \
          turn the checks on again:\n\
          \n    \
          SELECT count(*) FROM orders WHERE user_id NOT IN (SELECT id FROM users);\n    \
          SET SESSION foreign_key_checks = 0;\n    \
          ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id), ALGORITHM=INPLACE, LOCK=NONE;\n    \
          SET SESSION foreign_key_checks = 1;",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint) ENGINE=InnoDB; INSERT INTO orders VALUES (1, 1);"), "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);", Claim::Rewrites("orders")),
        fires(users!(), "ALTER TABLE users ADD COLUMN boss bigint REFERENCES users (id);", Claim::Rewrites("users")),
        quiet(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY (user_id), FOREIGN KEY (user_id) REFERENCES users (id)) ENGINE=InnoDB;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        if !innodb::checks_keys(site) {
            continue;
        }
        let columns = key.columns.join(", ");
        hits.push(
            Hit::new(&constraint.span, format!("to look at its rows, all of `{table}` is copied, and nobody can write meanwhile"))
                .sql(
                    "look for rows that point to nothing, then add the key without looking:",
                    format!("SET SESSION foreign_key_checks = 0;\nALTER TABLE {table} ADD FOREIGN KEY ({columns}) REFERENCES {} ({}), ALGORITHM=INPLACE, LOCK=NONE;\nSET SESSION foreign_key_checks = 1;", key.table, key.references.join(", ")),
                ),
        );
    }
}
