//! `keyed-column-changed`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "keyed-column-changed",
    level: Deny,
    ways: Up,
    about: "the type of a column changes that a foreign key ties to another",
    why: "Both columns of a foreign key have the same type, so the change of one alone is refused \
          (errors 1832 and 1833).",
    instead: "Drop the foreign key, change both columns, and add it again",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));"), "ALTER TABLE orders MODIFY user_id int;", Claim::Fails("1832")),
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));"), "ALTER TABLE users MODIFY id bigint unsigned AUTO_INCREMENT;", Claim::Fails("1833")),
        quiet(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));"), "ALTER TABLE orders MODIFY user_id bigint COMMENT 'x';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !innodb::checks_keys(site) {
        return;
    }
    let drops = site.changes().any(|(_, action)| matches!(action.kind, ActionKind::DropForeignKey { .. }));
    for (table, action) in site.changes().filter(|_| !drops) {
        let Some((known, column, definition)) = innodb::redefinition(site, table, action) else { continue };
        let Some(owner) = site.table(table) else { continue };
        let key = site.catalogue.key(table);
        let points = owner.foreign_keys.iter().any(|it| it.columns.iter().any(|own| own == column));
        let other = site.catalogue.referencing(table).find(|(_, other)| {
            other.foreign_keys.iter().any(|it| it.table == key && it.references.iter().any(|own| own == column))
        });
        let is_other = matches!((&known.ty, &definition.ty), (Some(from), Some(to)) if from.name != to.name || from.modifiers != to.modifiers);
        if is_other && (points || other.is_some()) {
            hits.push(
                Hit::new(&action.span, format!("a foreign key ties `{table}.{column}` to a column of the type that it had"))
                    .help("drop the foreign key, change both columns, and add it again"),
            );
        }
    }
}
