//! `drop-needed-index`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-needed-index",
    level: Deny,
    ways: Up,
    about: "an index is dropped that a foreign key needs",
    why: "InnoDB needs an index that begins with the columns of a foreign key, on both sides, and \
          refuses to drop the last one (error 1553).",
    instead: "Make another index that begins with the same columns first, or drop the foreign key",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY by_user (user_id), FOREIGN KEY (user_id) REFERENCES users (id));"), "ALTER TABLE orders DROP INDEX by_user;", Claim::Fails("1553")),
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY by_user (user_id), FOREIGN KEY (user_id) REFERENCES users (id));"), "DROP INDEX by_user ON orders;", Claim::Fails("1553")),
        quiet(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY by_user (user_id), KEY also (user_id, id), FOREIGN KEY (user_id) REFERENCES users (id));"), "DROP INDEX by_user ON orders;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    for (table, name, span) in dropped(site) {
        let (Some(before), Some(known)) = (site.table(table), after.table(table)) else { continue };
        let Some(index) = before.indexes.iter().find(|index| index.name.as_deref() == Some(name)) else { continue };
        let is_bare = |columns: &Vec<String>| index.covers(columns) && !known.has_index_on(columns);
        let own = known.foreign_keys.iter().any(|key| is_bare(&key.columns));
        let key = site.catalogue.key(table);
        let theirs = after.referencing(table).any(|(_, other)| {
            other.foreign_keys.iter().any(|it| it.table == key && is_bare(&it.references))
        });
        if innodb::checks_keys(site) && (own || theirs) {
            hits.push(
                Hit::new(span, format!("a foreign key needs the index `{name}` of `{table}`"))
                    .help("make another index that begins with the same columns first, or drop the foreign key"),
            );
        }
    }
}

fn dropped<'a>(site: &Site<'a>) -> Vec<(&'a Name, &'a str, &'a std::ops::Range<usize>)> {
    if let Act::Drop(drop) = site.act {
        let on = drop.on.as_ref().filter(|_| drop.object == Object::Index);
        return on.into_iter().flat_map(|table| drop.names.iter().map(move |it| (table, it.name.as_str(), site.span))).collect();
    }
    let by_action = |(table, action): (&'a Name, &'a Action)| match &action.kind {
        ActionKind::DropIndex { name } | ActionKind::DropConstraint { name, .. } => Some((table, name.as_str(), &action.span)),
        _ => None,
    };
    site.changes().filter_map(by_action).collect()
}
