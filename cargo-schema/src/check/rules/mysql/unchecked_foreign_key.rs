//! `unchecked-foreign-key`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unchecked-foreign-key",
    level: Warn,
    ways: Up,
    about: "a foreign key is added without looking at rows",
    why: "With `foreign_key_checks = 0` rows that point to nothing stay, and the server never looks at \
          them again: the key promises what is not so.",
    instead: "Look for such rows yourself, before or after it, and say so:\n\
          \n    \
          SELECT count(*) FROM orders WHERE user_id NOT IN (SELECT id FROM users);",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint) ENGINE=InnoDB; INSERT INTO orders VALUES (1, 77);"), "SET foreign_key_checks = 0; ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id); SET foreign_key_checks = 1;", Claim::Spoils("SELECT NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'fk') OR NOT EXISTS (SELECT 1 FROM orders LEFT JOIN users ON users.id = orders.user_id WHERE users.id IS NULL)")),
        quiet(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint) ENGINE=InnoDB;"), "DELETE FROM orders WHERE user_id NOT IN (SELECT id FROM users); SET foreign_key_checks = 0; ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id); SET foreign_key_checks = 1;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        let is_looked_at = site.before().iter().chain(site.after()).any(|placed| match &placed.act {
            Act::Delete(change) | Act::Update(change) => change.table.name == table.name,
            Act::Query(query) => query.text.contains(&table.name),
            _ => false,
        });
        if !innodb::checks_keys(site) && !is_looked_at {
            hits.push(
                Hit::new(&constraint.span, format!("rows of `{table}` that point to nothing stay, and nobody will ever look")).sql(
                    "look for them in the same script:",
                    format!("SELECT count(*) FROM {table} LEFT JOIN {0} ON {0}.{1} = {table}.{2} WHERE {0}.{1} IS NULL AND {table}.{2} IS NOT NULL;", key.table, key.references.first().map_or("id", String::as_str), key.columns.first().map_or("", String::as_str)),
                ),
            );
        }
    }
}
