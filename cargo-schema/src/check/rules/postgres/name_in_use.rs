//! `name-in-use`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::{CreateIndex, Rename};

pub(super) static RULE: Rule = Rule {
    id: "name-in-use",
    level: Deny,
    ways: Up,
    about: "a statement makes what is there already under that name",
    why: "A table, view, index, column, constraint or type has this name already. The statement fails.",
    instead: "Choose another name. Where it may be there or not, say IF NOT EXISTS and mind that it changes \
          nothing then.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            Claim::Fails("42P07"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN email text;",
            Claim::Fails("42701"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE INDEX i ON users (age);",
            "CREATE INDEX i ON users (email);",
            Claim::Fails("42P07"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD CONSTRAINT users_pkey CHECK (age > 0) NOT VALID;",
            Claim::Fails("42710"),
        ),
        fires("CREATE TYPE mood AS ENUM ('a');", "CREATE TYPE mood AS ENUM ('a', 'b');", Claim::Fails("42710")),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY); CREATE TEMP TABLE users (a text);",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; DROP TABLE users;",
            "CREATE TABLE users (id bigint PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if site.is_inner {
        return;
    }
    let mut say = |span, taken: String| {
        hits.push(Hit::new(span, format!("this fails: {taken} is there already")).help("choose another name"));
    };
    if let Some(taken) = taken(site) {
        say(site.span, taken);
    }
    for (table, action) in site.changes() {
        if let Some(taken) = taken_in(site, table, action) {
            say(&action.span, taken);
        }
    }
}

/// What a statement makes, where it is there.
fn taken(site: &Site<'_>) -> Option<String> {
    match site.act {
        Act::CreateTable(create) if !create.if_not_exists && !create.is_temporary => relation(site, &create.table),
        Act::CreateView(create) if !create.is_temporary && !create.or_replace && !is_guarded(site) => {
            relation(site, &create.name)
        }
        Act::CreateIndex(create) if !create.if_not_exists => index(site, create),
        Act::CreateEnum(create) => named_type(site, &create.name),
        Act::CreateDomain(create) => named_type(site, &create.name),
        Act::AddEnumValue(add) if !add.if_not_exists => value(site, &add.name, &add.value),
        Act::RenameEnumValue(rename) => value(site, &rename.name, &rename.to),
        Act::CreateTrigger(create) if !create.or_replace && !create.if_not_exists => {
            other(site, Object::Trigger, &create.name, Some(&create.table))
        }
        Act::Create(create) if !create.if_not_exists && !create.words.contains("or replace") => match create.object {
            Object::Sequence => relation(site, &create.name),
            Object::Type => named_type(site, &create.name),
            Object::Schema | Object::Policy | Object::Extension | Object::Publication => {
                other(site, create.object, &create.name, create.on.as_ref())
            }
            _ => None,
        },
        Act::Rename(rename) => renamed(site, rename),
        _ => None,
    }
}

/// A table, view, index or sequence: their names are in one place.
fn relation(site: &Site<'_>, name: &Name) -> Option<String> {
    certain(site, site.catalogue.relation_born(name)).then(|| format!("`{name}`"))
}

fn certain(site: &Site<'_>, born: Option<Era>) -> bool {
    born.is_some_and(|born| site.catalogue.is_certain(born))
}

/// An index has the schema of its table.
fn index(site: &Site<'_>, create: &CreateIndex) -> Option<String> {
    let name = create.name.as_ref()?;
    relation(site, &Name { schema: name.schema.clone().or_else(|| create.table.schema.clone()), ..name.clone() })
}

fn named_type(site: &Site<'_>, name: &Name) -> Option<String> {
    certain(site, site.catalogue.type_born(name)).then(|| format!("`{name}`"))
}

fn other(site: &Site<'_>, object: Object, name: &Name, on: Option<&Name>) -> Option<String> {
    certain(site, site.catalogue.other_born(object, name, on)).then(|| format!("the {} `{name}`", object.word()))
}

fn value(site: &Site<'_>, name: &Name, value: &str) -> Option<String> {
    let known = site.catalogue.enum_type(&name.name)?.values.iter().find(|(own, _)| own == value);
    certain(site, known.map(|(_, born)| *born)).then(|| format!("`{value}` of `{name}`"))
}

fn renamed(site: &Site<'_>, rename: &Rename) -> Option<String> {
    let to = Name { name: rename.to.clone(), ..rename.from.clone() };
    if site.catalogue.key(&to) == site.catalogue.key(&rename.from) {
        return None;
    }
    match rename.object {
        Object::Table | Object::View | Object::MaterializedView | Object::Index | Object::Sequence => {
            relation(site, &to)
        }
        Object::Type | Object::Domain => named_type(site, &to),
        _ => None,
    }
}

/// What a change of a table makes, where it is there and does not go in the same statement.
fn taken_in(site: &Site<'_>, table: &Name, action: &Action) -> Option<String> {
    let column = |name: &str| {
        let known = site.table(table)?.column(name)?;
        let goes = goes(site, |kind| matches!(kind, ActionKind::DropColumn { column, .. } if column == name));
        (certain(site, Some(known.born)) && !goes).then(|| format!("`{table}.{name}`"))
    };
    match &action.kind {
        ActionKind::AddColumn { column: added, if_not_exists: false } => column(&added.name.name),
        ActionKind::RenameColumn { from, to } if from != to => column(to),
        ActionKind::AddConstraint(added) => constraint(site, table, added),
        _ => None,
    }
}

fn goes(site: &Site<'_>, is_meant: impl Fn(&ActionKind) -> bool) -> bool {
    site.changes().any(|(_, action)| is_meant(&action.kind))
}

/// A constraint of the same name, or a second primary key. An index that becomes a constraint keeps its name.
fn constraint(site: &Site<'_>, table: &Name, added: &Constraint) -> Option<String> {
    let known = site.table(table)?;
    let drops = |name: &str| {
        goes(site, |kind| match kind {
            ActionKind::DropConstraint { name: own, .. } => own == name,
            // What is made of a column goes with it.
            ActionKind::DropColumn { .. } => true,
            _ => false,
        })
    };
    let mut indexes = known.indexes.iter().filter(|index| index.is_constraint);
    if let ConstraintKind::PrimaryKey(_) = added.kind
        && let Some(columns) = &known.primary_key
        && let Some(index) = indexes.clone().find(|index| index.columns.iter().flatten().eq(columns))
        && certain(site, Some(index.born))
        && !drops(index.name.as_deref().unwrap_or_default())
    {
        return Some(format!("a primary key of `{table}`"));
    }
    let name = added.name.as_ref().map(|name| &name.name).filter(|name| !drops(name))?;
    let is_it = |own: &Option<String>| own.as_ref() == Some(name);
    let index = indexes.find(|index| is_it(&index.name)).map(|index| index.born);
    let check = || known.checks.iter().find(|check| is_it(&check.name)).map(|check| check.born);
    let key = || known.foreign_keys.iter().find(|key| is_it(&key.name)).map(|key| key.born);
    certain(site, index.or_else(check).or_else(key)).then(|| format!("`{name}` of `{table}`"))
}

/// CREATE VIEW IF NOT EXISTS.
fn is_guarded(site: &Site<'_>) -> bool {
    site.statement().to_lowercase().contains("if not exists")
}
