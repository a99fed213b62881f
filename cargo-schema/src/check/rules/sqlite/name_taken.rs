//! `name-taken`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "name-taken",
    level: Deny,
    ways: Up,
    about: "a statement makes what is there already",
    why: "A table, view, index or column has this name already. The statement fails.",
    instead: "Choose another name. Where it may be there or not, say IF NOT EXISTS and mind that it changes \
          nothing then.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE users (id INTEGER PRIMARY KEY);",
            Claim::Fails("table users already exists"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN Email TEXT;",
            Claim::Fails("duplicate column name"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (age);",
            "CREATE INDEX i ON users (email);",
            Claim::Fails("index i already exists"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY); CREATE TEMP TABLE users_temp (a TEXT);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_there = |name: &Name| name.schema.is_none() && site.catalogue.has_relation(&site.catalogue.key(name));
    let taken = match site.act {
        Act::CreateTable(create) if !create.if_not_exists && !create.is_temporary && is_there(&create.table) => Some(create.table.to_string()),
        Act::CreateView(create) if !create.is_temporary && !create.or_replace && is_there(&create.name) && !is_guarded(site) => Some(create.name.to_string()),
        Act::CreateIndex(create) if !create.if_not_exists => {
            create.name.as_ref().filter(|name| site.catalogue.index(name).is_some()).map(ToString::to_string)
        }
        Act::Rename(rename) => {
            let to = Name { name: rename.to.clone(), ..rename.from.clone() };
            (is_there(&to) && site.catalogue.key(&to) != site.catalogue.key(&rename.from)).then_some(rename.to.clone())
        }
        _ => site.changes().find_map(|(table, action)| {
            let name = match &action.kind {
                ActionKind::AddColumn { column, .. } => &column.name.name,
                ActionKind::RenameColumn { from, to } if from != to => to,
                _ => return None,
            };
            site.table(table)?.column(name).map(|_| format!("{table}.{name}"))
        }),
    };
    if let Some(taken) = taken {
        hits.push(Hit::new(site.span, format!("this fails: `{taken}` is there already")).help("choose another name"));
    }
}

/// CREATE VIEW IF NOT EXISTS.
fn is_guarded(site: &Site<'_>) -> bool {
    site.statement().to_lowercase().contains("if not exists")
}
