//! `constraint-dropped`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "constraint-dropped",
    level: Warn,
    ways: Up,
    about: "what a foreign key, a check or a unique index kept true is not kept any more",
    why: "Rows that break it can be written from this moment on, and nothing says so; INSERT .. ON DUPLICATE \
          KEY UPDATE and REPLACE add rows where they changed one. Adding it again later means cleaning up first.",
    instead: "Drop it when nothing relies on it, and say so. To change it, add the new one in the same revision.",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, CONSTRAINT o_u FOREIGN KEY (user_id) REFERENCES users (id));"), "ALTER TABLE orders DROP FOREIGN KEY o_u;", Claim::Loses("SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = database()")),
        fires(users!("ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 0);"), "ALTER TABLE users DROP CONSTRAINT adult;", Claim::Loses("SELECT count(*) FROM information_schema.check_constraints WHERE constraint_schema = database()")),
        fires(users!("CREATE UNIQUE INDEX users_email ON users (email);"), "DROP INDEX users_email ON users;", Claim::Loses("SELECT count(*) FROM information_schema.statistics WHERE table_schema = database() AND index_name = 'users_email'")),
        quiet(users!("CREATE UNIQUE INDEX users_email ON users (email);"), "ALTER TABLE users DROP INDEX users_email, ADD UNIQUE INDEX users_email_age (email, age);"),
        quiet(users!("CREATE INDEX users_age ON users (age);"), "DROP INDEX users_age ON users;"),
        quiet(users!("ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 0);"), "ALTER TABLE users DROP CONSTRAINT IF EXISTS grown;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut say = |span: &std::ops::Range<usize>, table: &Name, name: &str| {
        if site.is_old(table) && is_guarantee(site, table, name) && !returns(site, table) {
            hits.push(
                Hit::new(span, format!("what `{name}` kept true in `{table}` is not kept any more"))
                    .help("if nothing relies on it, say so above: `-- schema:allow(constraint-dropped) why`"),
            );
        }
    };
    if let Act::Drop(drop) = site.act
        && drop.object == Object::Index
        && let Some(table) = &drop.on
    {
        drop.names.iter().for_each(|name| say(site.span, table, &name.name.to_lowercase()));
    }
    for (table, action) in site.changes() {
        if let ActionKind::DropForeignKey { name }
        | ActionKind::DropConstraint { name, .. }
        | ActionKind::DropIndex { name } = &action.kind
        {
            say(&action.span, table, name);
        }
    }
}

/// A constraint that the history made, not an index that only makes queries quick.
fn is_guarantee(site: &Site<'_>, table: &Name, name: &str) -> bool {
    let Some(known) = site.table(table) else { return false };
    let is_own = |own: &Option<String>| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    known.checks.iter().any(|it| is_own(&it.name))
        || known.foreign_keys.iter().any(|it| is_own(&it.name))
        || known.indexes.iter().any(|it| it.is_unique && is_own(&it.name))
}

/// The same statement or a later one adds a constraint or a unique index to that table.
fn returns(site: &Site<'_>, table: &Name) -> bool {
    let later = std::iter::once(site.act).chain(site.after().iter().map(|placed| &placed.act));
    let key = site.catalogue.key(table);
    later.into_iter().any(|act| match act {
        Act::AlterTable(alter) if site.catalogue.key(&alter.table) == key => {
            alter.actions.iter().any(|action| match &action.kind {
                ActionKind::AddConstraint(_) => true,
                ActionKind::AddIndex(index) => index.is_unique,
                _ => false,
            })
        }
        Act::CreateIndex(index) => index.is_unique && site.catalogue.key(&index.table) == key,
        _ => false,
    })
}
