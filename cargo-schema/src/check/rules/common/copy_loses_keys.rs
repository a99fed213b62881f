//! `copy-loses-keys`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;
use crate::check::sql::act::Object;

pub(super) static RULE: Rule = Rule {
    id: "copy-loses-keys",
    level: Warn,
    ways: Up,
    about: "a table gives way to what a query made of it, which has none of its keys",
    why: "CREATE TABLE .. AS takes names, types and rows of columns, and nothing else: the primary key, unique keys, NOT \
          NULL, defaults and foreign keys stay with the old table. Doubles and gaps come in unseen, and upserts fail.",
    instead: "Create the table with all that it needs, then fill it:\n\
          \n    \
          CREATE TABLE new_users (id bigint PRIMARY KEY, email text NOT NULL);\n    \
          INSERT INTO new_users SELECT id, email FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE new_users AS SELECT id, email FROM users; ALTER TABLE users RENAME TO old_users; ALTER TABLE new_users RENAME TO users;",
            Claim::Breaks("INSERT INTO users (id, email) VALUES (1, 'b') ON CONFLICT (id) DO NOTHING"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE users_of_may AS SELECT id, email FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    if !create.has_query || create.is_temporary {
        return;
    }
    let taken = site.after().iter().find_map(|placed| match &placed.act {
        Act::Rename(rename) if rename.object == Object::Table && rename.from.name == create.table.name => Some(&rename.to),
        _ => None,
    });
    let old = taken.and_then(|name| site.script.start.table_at(&site.catalogue.key(&Name { name: name.clone(), ..create.table.clone() })));
    let Some((name, old)) = taken.zip(old).filter(|(_, old)| old.primary_key.is_some()) else { return };
    let end = rebuild::end(site);
    let new = end.table(&Name { name: name.clone(), ..create.table.clone() });
    if new.is_some_and(|new| new.primary_key.is_none()) && !old.is_temporary {
        hits.push(
            Hit::new(site.span, format!("`{name}` is going to be what this query gives, without the keys and constraints of the old table"))
                .help("create the table with its keys and constraints, then fill it with INSERT .. SELECT"),
        );
    }
}
