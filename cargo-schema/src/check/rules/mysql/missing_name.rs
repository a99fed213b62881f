//! `missing-name`.

use std::ops::Range;

use crate::check::rules::innodb::is_guarded;
use crate::check::rules::prelude::*;
use crate::check::sql::act::Drop;
use crate::check::sql::part::IndexItem;

pub(super) static RULE: Rule = Rule {
    id: "missing-name",
    level: Deny,
    ways: Up,
    about: "a statement names a table, column, index or key that is not there",
    why: "The history makes no such thing, or it went before. The statement fails, and what stood before it in \
          the revision stays done.",
    instead: "Correct the name, or make it first.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE user ADD COLUMN city int;", Claim::Fails("1146")),
        fires(users!(), "ALTER TABLE users MODIFY agee bigint;", Claim::Fails("1054")),
        fires(users!(), "ALTER TABLE users DROP KEY users_email;", Claim::Fails("1091")),
        fires(users!(), "DROP INDEX users_email ON users;", Claim::Fails("1091")),
        fires(users!(), "ALTER TABLE users DROP FOREIGN KEY users_boss;", Claim::Fails("1091")),
        fires(users!(), "CREATE INDEX users_mail ON users (mail);", Claim::Fails("1072")),
        fires(users!(), "ALTER TABLE users ADD UNIQUE KEY users_mail (mail);", Claim::Fails("1072")),
        fires(users!(), "INSERT INTO users (id, emial) VALUES (9, 'c');", Claim::Fails("1054")),
        fires(users!(), "UPDATE users SET emial = 'c' WHERE id = 1;", Claim::Fails("1054")),
        fires(users!(), "DROP TRIGGER aging;", Claim::Fails("1360")),
        quiet(
            users!(),
            "ALTER TABLE users ADD COLUMN city int, ADD KEY users_city (city);\nALTER TABLE users DROP KEY IF EXISTS users_email;\n\
             ALTER TABLE IF EXISTS people ADD COLUMN city int;\nDROP TRIGGER IF EXISTS aging;\n\
             UPDATE users u JOIN users v ON u.id = v.id SET u.city = v.age WHERE v.id = 1;\nDELETE u FROM users u WHERE u.id = 7;",
        ),
        quiet(
            users!("ALTER TABLE users ADD KEY both_of (email, age);"),
            "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age;\nALTER TABLE users DROP KEY both_of;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !site.catalogue.is_whole() {
        return;
    }
    if let Some((span, missing)) = missing(site).filter(|(span, _)| !is_guarded(site, span)) {
        hits.push(
            Hit::new(span, format!("this fails: there is no {missing}")).help("correct the name, or make it first"),
        );
    }
}

/// Where a name is, and what is not there.
type Missing<'a> = Option<(&'a Range<usize>, String)>;

fn missing<'a>(site: &Site<'a>) -> Missing<'a> {
    let whole = |found: Option<String>| found.map(|missing| (site.span, missing));
    match site.act {
        Act::AlterTable(alter) if alter.if_exists => None,
        Act::AlterTable(alter) => whole(no_table(site, &alter.table))
            .or_else(|| alter.actions.iter().find_map(|action| changed(site, &alter.table, action))),
        Act::CreateIndex(create) => {
            whole(no_table(site, &create.table).or_else(|| no_items(site, &create.table, &create.items)))
        }
        Act::CreateTrigger(create) => whole(no_table(site, &create.table)),
        Act::Rename(rename) => whole(no_table(site, &rename.from)),
        Act::Insert(insert) => {
            whole(no_table(site, &insert.table).or_else(|| no_column_of(site, &insert.table, &insert.columns)))
        }
        Act::Update(change) | Act::Delete(change) if is_plain(site) => {
            whole(no_table(site, &change.table).or_else(|| no_column_of(site, &change.table, &change.sets)))
        }
        Act::Drop(drop) => whole(no_object(site, drop)),
        _ => None,
    }
}

fn no_table(site: &Site<'_>, name: &Name) -> Option<String> {
    let key = site.catalogue.key(name);
    // What was made with its database in front may be meant without.
    let is_elsewhere = || site.catalogue.tables().any(|(own, _)| own.ends_with(&format!(".{key}")));
    let is_there = name.schema.is_some() || key.starts_with("__") || site.catalogue.has_relation(&key) || is_elsewhere();
    (!is_there).then(|| format!("table `{name}`"))
}

fn no_column_of(site: &Site<'_>, table: &Name, columns: &[String]) -> Option<String> {
    columns.iter().find_map(|column| no_column(site, table, column))
}

fn no_items(site: &Site<'_>, table: &Name, items: &[IndexItem]) -> Option<String> {
    items.iter().filter_map(|item| item.column.as_deref()).find_map(|column| no_column(site, table, column))
}

fn no_column(site: &Site<'_>, table: &Name, column: &str) -> Option<String> {
    let is_described = |known: &&Table| !known.is_vague && !known.columns.is_empty();
    let known = site.table(table).filter(is_described)?;
    let is_it = |own: &str| own.eq_ignore_ascii_case(column);
    let is_period = matches!(column, "row_start" | "row_end");
    let is_there = is_period || known.columns.iter().any(|it| is_it(&it.name)) || comes(site, is_it);
    (!is_there).then(|| format!("column `{column}` in `{table}`"))
}

/// The same statement makes a column of this name.
fn comes(site: &Site<'_>, is_it: impl Fn(&str) -> bool) -> bool {
    site.changes().any(|(_, action)| match &action.kind {
        ActionKind::AddColumn { column, .. } => is_it(&column.name.name),
        ActionKind::RenameColumn { to, .. } => is_it(to),
        _ => false,
    })
}

fn changed<'a>(site: &Site<'a>, table: &Name, action: &'a Action) -> Missing<'a> {
    let missing = match &action.kind {
        ActionKind::DropColumn { column, .. }
        | ActionKind::RedefineColumn { column, .. }
        | ActionKind::RenameColumn { from: column, .. }
        | ActionKind::SetDefault { column, .. }
        | ActionKind::DropDefault { column } => no_column(site, table, column),
        ActionKind::AddIndex(create) => no_items(site, table, &create.items),
        ActionKind::AddConstraint(constraint) => no_column_of(site, table, of_constraint(constraint)),
        ActionKind::DropIndex { name } | ActionKind::RenameConstraint { from: name, .. } => no_index(site, table, name),
        ActionKind::DropForeignKey { name } | ActionKind::DropConstraint { name, .. } => no_constraint(site, table, name),
        _ => None,
    };
    missing.map(|missing| (&action.span, missing))
}

fn of_constraint(constraint: &Constraint) -> &[String] {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => &key.columns,
        ConstraintKind::ForeignKey(key) => &key.columns,
        ConstraintKind::Check(_) | ConstraintKind::Exclude | ConstraintKind::NotNull(_) => &[],
    }
}

fn no_index(site: &Site<'_>, table: &Name, name: &str) -> Option<String> {
    let known = site.table(table).filter(|known| !known.is_vague)?;
    let is_it = |own: &Option<String>| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    (!known.indexes.iter().any(|index| is_it(&index.name))).then(|| format!("index `{name}` on `{table}`"))
}

/// A name that the server made up may be another one than is thought here.
fn no_constraint(site: &Site<'_>, table: &Name, name: &str) -> Option<String> {
    let known = site.table(table).filter(|known| !known.is_vague)?;
    let is_it = |own: &Option<String>| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    let is_there = known.foreign_keys.iter().any(|key| is_it(&key.name))
        || known.checks.iter().any(|check| is_it(&check.name))
        || known.indexes.iter().any(|index| is_it(&index.name));
    let is_made_up = name.contains("_ibfk_") || name.contains("_chk_") || name.starts_with("constraint_");
    (!is_there && !is_made_up && known.column(name).is_none()).then(|| format!("constraint `{name}` on `{table}`"))
}

fn no_object(site: &Site<'_>, drop: &Drop) -> Option<String> {
    if drop.if_exists {
        return None;
    }
    let first = |is_missing: &dyn Fn(&Name) -> bool| {
        let missing = drop.names.iter().find(|name| name.schema.is_none() && is_missing(name));
        missing.map(|name| format!("{} `{name}`", drop.object.word()))
    };
    match (drop.object, &drop.on) {
        (Object::Index, Some(table)) => {
            no_table(site, table).or_else(|| no_index(site, table, &drop.names.first()?.name))
        }
        (Object::Table, _) => first(&|name| !name.name.starts_with("__") && !site.catalogue.holds(Object::Table, name)),
        (Object::View | Object::Trigger, _) => first(&|name| !site.catalogue.holds(drop.object, name)),
        _ => None,
    }
}

/// Rows of one table, which is called what it is called.
fn is_plain(site: &Site<'_>) -> bool {
    let statement = site.statement().to_lowercase();
    let head = statement.split(" set ").next().unwrap_or_default().split(" where ").next().unwrap_or_default();
    let is_joined = [",", " join ", " using ", "("].iter().any(|word| head.contains(word));
    let begins = ["update ", "delete from "].iter().any(|words| head.starts_with(words));
    begins && !is_joined
}
