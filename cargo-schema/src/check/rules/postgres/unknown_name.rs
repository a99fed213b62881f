//! `unknown-name`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::{AlterTable, Drop};

pub(super) static RULE: Rule = Rule {
    id: "unknown-name",
    level: Deny,
    ways: Up,
    about: "a statement names a table, column, constraint, index or type that is not there",
    why: "The history makes no such thing, or it went before. The statement fails.",
    instead: "Correct the name, or make it first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE INDEX i ON users (emial);",
            Claim::Fails("42703"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE uesrs ADD COLUMN phone text;",
            Claim::Fails("42P01"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users RENAME COLUMN mail TO email2;",
            Claim::Fails("42703"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users DROP CONSTRAINT users_email_key;",
            Claim::Fails("42704"),
        ),
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "DROP INDEX by_email;", Claim::Fails("42704")),
        fires("CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;", "ALTER TYPE mood ADD VALUE 'sad';", Claim::Fails("42704")),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN phone text; DROP INDEX IF EXISTS by_email; UPDATE pg_catalog.pg_class SET relname = relname WHERE false; ALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key;",
        ),
        quiet("", "ALTER TABLE IF EXISTS users ADD COLUMN phone text;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if site.catalogue.is_empty() || site.catalogue.is_doubtful() || site.is_inner {
        return;
    }
    let missing = match site.act {
        Act::AlterTable(alter) => return alterations(site, alter, hits),
        Act::CreateIndex(create) => no_table(site, &create.table).or_else(|| {
            let mut columns = create.items.iter().filter_map(|item| item.column.as_deref());
            columns.find_map(|it| no_column(site, &create.table, it))
        }),
        Act::CreateTable(create) => create
            .partition_of
            .as_ref()
            .and_then(|parent| no_table(site, parent))
            .or_else(|| create.constraints.iter().find_map(|it| no_target(site, &create.table, it))),
        Act::CreateTrigger(create) => no_table(site, &create.table),
        Act::Insert(insert) => no_table(site, &insert.table)
            .or_else(|| insert.columns.iter().find_map(|column| no_row_column(site, &insert.table, column))),
        Act::Update(change) | Act::Delete(change) => no_table(site, &change.table)
            .or_else(|| change.sets.iter().find_map(|column| no_row_column(site, &change.table, column))),
        Act::Truncate(truncate) => truncate.tables.iter().find_map(|table| no_table(site, table)),
        Act::Refresh(refresh) => no_table(site, &refresh.name),
        Act::Rename(rename) => no_object(site, rename.object, &rename.from),
        Act::AddEnumValue(add) => no_object(site, Object::Type, &add.name),
        Act::RenameEnumValue(rename) => no_object(site, Object::Type, &rename.name)
            .or_else(|| no_value(site, &rename.name, &rename.from)),
        Act::Drop(drop) => dropped(site, drop),
        _ => None,
    };
    hits.extend(missing.map(|missing| hit(site.span, &missing)));
}

fn hit(span: &std::ops::Range<usize>, missing: &str) -> Hit {
    Hit::new(span, format!("this fails: there is no {missing}")).help("correct the name, or make it first")
}

fn alterations(site: &Site<'_>, alter: &AlterTable, hits: &mut Vec<Hit>) {
    if let Some(missing) = no_table(site, &alter.table) {
        if !alter.if_exists {
            hits.push(hit(site.span, &missing));
        }
        return;
    }
    for action in &alter.actions {
        hits.extend(no_part(site, &alter.table, action).map(|missing| hit(&action.span, &missing)));
    }
}

/// What a change of a table names, where it is not there and does not come in the same statement.
fn no_part(site: &Site<'_>, table: &Name, action: &Action) -> Option<String> {
    let column = |name: &str| no_column(site, table, name).filter(|_| !is_added(site, name));
    match &action.kind {
        ActionKind::DropColumn { column: name, if_exists, .. } if !if_exists => column(name),
        ActionKind::RenameColumn { from: name, .. }
        | ActionKind::SetNotNull { column: name }
        | ActionKind::DropNotNull { column: name }
        | ActionKind::SetType { column: name, .. }
        | ActionKind::SetDefault { column: name, .. }
        | ActionKind::DropDefault { column: name } => column(name),
        ActionKind::DropConstraint { name, if_exists: false, .. }
        | ActionKind::ValidateConstraint { name }
        | ActionKind::RenameConstraint { from: name, .. } => no_constraint(site, table, name),
        ActionKind::AddConstraint(added) => no_target(site, table, added).or_else(|| match &added.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                key.columns.iter().find_map(|name| column(name))
            }
            ConstraintKind::ForeignKey(key) => key.columns.iter().find_map(|name| column(name)),
            _ => None,
        }),
        _ => None,
    }
}

fn is_added(site: &Site<'_>, name: &str) -> bool {
    site.changes().any(|(_, action)| {
        matches!(&action.kind, ActionKind::AddColumn { column, .. } if column.name.name == name)
    })
}

fn no_table(site: &Site<'_>, name: &Name) -> Option<String> {
    let is_known = site.table(name).is_some() || !is_ours(site, name) || site.catalogue.knows(&name.name);
    (!is_known).then(|| format!("table `{name}`"))
}

/// Whether the history would have made what has this name: not the engine, an extension, or whoever owns its schema.
fn is_ours(site: &Site<'_>, name: &Name) -> bool {
    let is_of_others = ["pg_", "__"].iter().any(|beginning| name.name.starts_with(beginning)) || name.name.is_empty();
    let is_of_us = match name.schema.as_deref() {
        None | Some("public") => true,
        Some(schema) => site.catalogue.has_schema(schema),
    };
    is_of_us && !is_of_others && site.catalogue.extensions().all(|it| MODEST.contains(&it))
}

/// Extensions that bring types and functions, and no tables.
const MODEST: [&str; 16] = [
    "btree_gin", "btree_gist", "citext", "cube", "earthdistance", "fuzzystrmatch", "hstore", "intarray", "ltree",
    "moddatetime", "pg_trgm", "pgcrypto", "tablefunc", "unaccent", "uuid-ossp", "vector",
];

fn no_column(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    let known = site.table(table).filter(|known| !known.is_vague && !known.columns.is_empty())?;
    let is_known = known.column(column).is_some() || SYSTEM.contains(&column);
    (!is_known).then(|| format!("column `{column}` in `{table}`"))
}

/// PostgreSQL's own columns.
const SYSTEM: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/// A column that rows are written to; a part of one may be named as well.
fn no_row_column(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    let is_plain = column.chars().all(|it| it.is_alphanumeric() || it == '_');
    no_column(site, table, column).filter(|_| is_plain)
}

fn no_value(site: &Site<'_>, name: &Name, value: &str) -> Option<String> {
    let known = site.catalogue.enum_type(&name.name)?;
    let is_known = known.values.iter().any(|(own, _)| own == value);
    (!is_known).then(|| format!("value `{value}` in `{name}`"))
}

/// The table that a foreign key points to, and its columns there.
fn no_target(site: &Site<'_>, table: &Name, constraint: &Constraint) -> Option<String> {
    let ConstraintKind::ForeignKey(key) = &constraint.kind else { return None };
    if key.table == *table {
        return None;
    }
    let columns = || key.references.iter().find_map(|column| no_column(site, &key.table, column));
    no_table(site, &key.table).or_else(columns)
}

/// A constraint of a table all of whose constraints are known. Which name PostgreSQL gave to one without a name is not
/// certain, so a name such as those is missing only where the table has nothing of that kind.
fn no_constraint(site: &Site<'_>, table: &Name, name: &str) -> Option<String> {
    let known = site.table(table).filter(|known| !known.is_vague && !known.columns.is_empty())?;
    let bare = name.trim_end_matches(|it: char| it.is_ascii_digit());
    let mut constraints = known.indexes.iter().filter(|index| index.is_constraint);
    let may_be = match bare.rsplit('_').next() {
        Some("fkey") => !known.foreign_keys.is_empty(),
        Some("check") => !known.checks.is_empty(),
        Some("key" | "excl") => constraints.clone().any(|it| Some(&it.columns) != primary(known).as_ref()),
        _ => name.ends_with("not_null"),
    };
    let is_it = |own: &Option<String>| own.as_deref() == Some(name);
    let is_known = constraints.any(|it| is_it(&it.name))
        || known.checks.iter().any(|it| is_it(&it.name))
        || known.foreign_keys.iter().any(|it| is_it(&it.name));
    (!is_known && !may_be).then(|| format!("constraint `{name}` of `{table}`"))
}

fn primary(table: &Table) -> Option<Vec<Option<String>>> {
    table.primary_key.as_ref().map(|columns| columns.iter().cloned().map(Some).collect())
}

fn dropped(site: &Site<'_>, drop: &Drop) -> Option<String> {
    if drop.if_exists {
        return None;
    }
    drop.names.iter().find_map(|name| no_object(site, drop.object, name))
}

fn no_object(site: &Site<'_>, object: Object, name: &Name) -> Option<String> {
    let is_open = match object {
        Object::Table | Object::View | Object::MaterializedView | Object::Type | Object::Domain => false,
        Object::Index => is_made_up(site, &name.name),
        Object::Sequence => name.name.ends_with("_seq"),
        _ => true,
    };
    let is_unknown = !is_open && is_ours(site, name) && !site.catalogue.knows(&name.name);
    is_unknown.then(|| format!("{} `{name}`", object.word()))
}

/// Whether PostgreSQL may have given this name to an index without one: of a partition, or of a table like another.
fn is_made_up(site: &Site<'_>, name: &str) -> bool {
    let bare = name.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_usual = ["_idx", "_key", "_pkey", "_excl"].iter().any(|end| bare.ends_with(end));
    let is_vague = |table: &Table| table.is_vague || table.is_partitioned || table.indexes.iter().any(|it| it.is_nameless);
    is_usual && site.catalogue.tables().any(|(_, table)| is_vague(table))
}
