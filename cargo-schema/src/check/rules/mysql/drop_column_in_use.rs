//! `drop-column-in-use`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-column-in-use",
    level: Deny,
    ways: Up,
    about: "a column is dropped that a key, check or generated column is made of",
    why: "It fails where a foreign key needs the column (1553 or 1829), and where a CHECK, a generated \
          column or a unique key of several columns is made of it (1072 and 1054 on MariaDB; 3959 and \
          3108 on MySQL 8).",
    instead: "Drop in the same statement what is made of it:\n\
          \n    \
          ALTER TABLE orders DROP FOREIGN KEY orders_user, DROP COLUMN user_id;",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));"), "-- schema:allow(drop-column) gone\nALTER TABLE orders DROP COLUMN user_id;", Claim::Fails("1553")),
        fires(users!("ALTER TABLE users ADD v int AS (age + 1) VIRTUAL;"), "-- schema:allow(drop-column) gone\nALTER TABLE users DROP COLUMN age;", Claim::Fails("1054")),
        fires(users!("ALTER TABLE users ADD UNIQUE INDEX both_of (email, age);"), "-- schema:allow(drop-column) gone\nALTER TABLE users DROP COLUMN age;", Claim::Fails("1072")),
        quiet(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));"), "-- schema:allow(drop-column) gone\nALTER TABLE orders DROP FOREIGN KEY fk, DROP COLUMN user_id;"),
        quiet(users!("ALTER TABLE users ADD INDEX (age);"), "-- schema:allow(drop-column) gone\nALTER TABLE users DROP COLUMN age;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes() {
        let ActionKind::DropColumn { column, .. } = &action.kind else { continue };
        let Some(known) = site.table(table) else { continue };
        let gone = |name: &Option<String>| name.as_ref().is_some_and(|name| goes(site, name));
        let names = |columns: &Vec<String>| columns.contains(column);
        let key = known.foreign_keys.iter().find(|key| names(&key.columns) && !gone(&key.name));
        let check = known.checks.iter().find(|check| {
            let others = check.expr.columns.iter().any(|own| own != column);
            names(&check.expr.columns) && others && !gone(&check.name)
        });
        let unique = known.indexes.iter().find(|index| {
            index.is_unique && index.columns.len() > 1 && index.columns.contains(&Some(column.clone())) && !gone(&index.name)
        });
        let generated = known.columns.iter().find(|own| own.is_made_of.contains(column) && !drops(site, &own.name));
        let pointing = site.catalogue.referencing(table).find(|(_, other)| {
            other.foreign_keys.iter().any(|key| key.table == site.catalogue.key(table) && names(&key.references))
        });
        let what = key.map(|_| "a foreign key".to_owned())
            .or_else(|| check.map(|_| "a CHECK".to_owned()))
            .or_else(|| unique.map(|index| format!("the unique key `{}`", index.name.as_deref().unwrap_or_default())))
            .or_else(|| generated.map(|own| format!("the generated column `{}`", own.name)))
            .or_else(|| pointing.map(|(other, _)| format!("a foreign key of `{other}`")));
        if let Some(what) = what {
            hits.push(
                Hit::new(&action.span, format!("`{table}.{column}` cannot be dropped, for {what} is made of it"))
                    .help("drop that in the same statement"),
            );
        }
    }
}

/// The same statement drops a key, index or check.
fn goes(site: &Site<'_>, name: &str) -> bool {
    site.changes().any(|(_, action)| match &action.kind {
        ActionKind::DropForeignKey { name: own } | ActionKind::DropIndex { name: own } | ActionKind::DropConstraint { name: own, .. } => own == name,
        ActionKind::DropPrimaryKey => name == "primary",
        _ => false,
    })
}

fn drops(site: &Site<'_>, name: &str) -> bool {
    site.changes().any(|(_, action)| matches!(&action.kind, ActionKind::DropColumn { column, .. } if column == name))
}
