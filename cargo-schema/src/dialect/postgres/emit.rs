//! SQL for operations. Renames come first and by themselves: PostgreSQL rewrites whatever mentions the names, and what
//! follows is written from what it made of them. Each stage is run on the scratch database before the next is written.

use std::collections::BTreeSet;

use schema_build::schema::{ForeignKey, Table, Unique};

use super::alter::Change;
use super::define::{self, Frame};
use super::introspect::{Catalogue, Entry};
use super::name::{path, quoted, split};
use super::scratch::Scratch;
use super::{enums, restore, types, views};
use crate::database::scratch::Error;
use crate::dialect::script::{Group, Script};
use crate::dialect::{Emitted, Paper};
use crate::operation::{Operation, Part};

/// Writes and runs everything.
pub(super) fn emit(
    database: &mut Scratch,
    operations: &[Operation],
    like: Option<&[Catalogue]>,
) -> Result<Emitted<Catalogue>, Error> {
    let mut emitted = Emitted { script: Script::default(), stages: Vec::new() };
    let runs = operations.chunk_by(|left, right| left.is_rename() == right.is_rename());
    for (position, operations) in runs.enumerate() {
        let before = database.catalogue()?;
        let like = like.and_then(|like| like.get(position));
        let mut script = written(&before, like, operations);
        execute(database, &script)?;
        if let Some(rest) = restored(database, &before, like, operations)? {
            execute(database, &rest)?;
            script.extend(rest);
        }
        emitted.script.extend(script);
        emitted.stages.push(before);
    }
    Ok(emitted)
}

fn written(before: &Catalogue, like: Option<&Catalogue>, operations: &[Operation]) -> Script {
    match operations.first().is_some_and(Operation::is_rename) {
        true => renames(operations),
        false => Stage { before, like, operations }.script(),
    }
}

/// Writes everything without a database, stage by stage, from what is said to be there; refuses what has to be looked
/// at when it is done.
pub(super) fn on_paper(stages: &[Paper<'_, Catalogue>]) -> Result<Script, Error> {
    let mut script = Script::default();
    for Paper { before, like, operations } in stages {
        if like.is_none() && operations.iter().any(|operation| is_anew(before, operation)) {
            let message =
                "what hangs on a computed column, or on what it is computed of, has to be looked at";
            return Err(Error::new("write the change", message));
        }
        script.extend(written(before, like.as_ref(), operations));
    }
    Ok(script)
}

fn execute(database: &mut Scratch, script: &Script) -> Result<(), Error> {
    let statements: Vec<&str> = script.statements().collect();
    database.transaction(&statements)
}

/// What no operation speaks of and what went with others: on the way back, all that was there; on the way up, what
/// hung on columns that were made anew.
fn restored(
    database: &mut Scratch,
    before: &Catalogue,
    like: Option<&Catalogue>,
    operations: &[Operation],
) -> Result<Option<Script>, Error> {
    let script = match like {
        Some(like) => restore::script(like, &database.catalogue()?, &BTreeSet::new()),
        None if operations.iter().any(|operation| is_anew(before, operation)) => {
            let gone = operations.iter().filter_map(gone).collect();
            restore::script(before, &database.catalogue()?, &gone)
        }
        None => return Ok(None),
    };
    Ok(Some(script))
}

/// Whether columns are dropped and made anew, and with them what hangs on them.
fn is_anew(before: &Catalogue, operation: &Operation) -> bool {
    let Operation::AlterColumn { table, from, to, .. } = operation else { return false };
    let is_computed = |entry: &Entry| entry.table.columns.iter().any(|column| column.generated.is_some());
    from.generated != to.generated && to.generated.is_some()
        || from.ty != to.ty && before.tables.get(table).is_some_and(is_computed)
}

/// The names of what goes on purpose.
fn gone(operation: &Operation) -> Option<String> {
    match operation {
        Operation::DropPart { part, .. } | Operation::RenamePart { from: part, .. } => {
            part.name().map(str::to_owned)
        }
        _ => None,
    }
}

fn renames(operations: &[Operation]) -> Script {
    let mut group = Group::default();
    for operation in operations {
        match operation {
            Operation::RenameTable { from, to } => group.statements.extend(moved("TABLE", from, to)),
            Operation::RenameEnum { from, to } => group.statements.extend(moved("TYPE", from, to)),
            Operation::RenameColumn { table, from, to } => group.statements.push(format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                path(table),
                quoted(from),
                quoted(to)
            )),
            _ => {}
        }
    }
    let mut script = Script::default();
    script.push(group);
    script
}

/// Into another schema first, then under another name.
fn moved(what: &str, from: &str, to: &str) -> Vec<String> {
    let ((old_schema, old), (new_schema, new)) = (split(from), split(to));
    let mut statements = Vec::new();
    let mut now = from.to_owned();
    if old_schema != new_schema {
        let schema = new_schema.unwrap_or("public");
        statements.push(format!("ALTER {what} {} SET SCHEMA {}", path(from), quoted(schema)));
        now = new_schema.map_or_else(|| old.to_owned(), |schema| format!("{schema}.{old}"));
    }
    if old != new {
        statements.push(format!("ALTER {what} {} RENAME TO {}", path(&now), quoted(new)));
    }
    statements
}

/// Operations that are no renames, and what they meet.
struct Stage<'a> {
    before: &'a Catalogue,
    /// On the way back: what comes of it, as it was.
    like: Option<&'a Catalogue>,
    operations: &'a [Operation],
}

impl Stage<'_> {
    fn script(&self) -> Script {
        let mut script = Script::default();
        let in_the_way = views::using(self.before, &self.retyped());
        script.push(views::dropped(&in_the_way));
        for operation in self.operations {
            match operation {
                Operation::CreateEnum { ty } => script.push(Group::of(vec![define::enum_type(ty)])),
                Operation::AlterEnum { .. } => {
                    let change = self.enum_change(operation);
                    let groups = change.map(|change| change.groups(self.like.is_some()));
                    groups.into_iter().flatten().for_each(|group| script.push(group));
                }
                _ => {}
            }
        }
        script.push(self.keys_ahead());
        for (table, operations) in self.by_table() {
            script.push(self.change(table, operations).group());
        }
        for operation in self.operations {
            if let Operation::CreateTable { name, table } = operation {
                script.push(self.create(name, table));
            }
        }
        self.keys().into_iter().for_each(|group| script.push(group));
        views::made(&in_the_way).into_iter().for_each(|group| script.push(group));
        script.push(self.drop_tables());
        script.push(self.drop_enums());
        script
    }

    fn enum_change<'s>(&'s self, operation: &'s Operation) -> Option<enums::Change<'s>> {
        let values = enums::Values::of(operation)?;
        Some(enums::Change { before: self.before, values, is_used: values.are_used_by(self.operations) })
    }

    /// Columns that get another type, and those of enums that are made anew.
    fn retyped(&self) -> BTreeSet<(String, String)> {
        let mut columns = BTreeSet::new();
        for operation in self.operations {
            match operation {
                Operation::AlterColumn { table, from, to, .. }
                    if from.ty != to.ty
                        || from.collation != to.collation
                        || from.generated != to.generated =>
                {
                    columns.insert((table.clone(), from.name.clone()));
                }
                Operation::AlterEnum { to, .. }
                    if self.enum_change(operation).is_some_and(|change| change.is_anew()) =>
                {
                    for (table, entry) in &self.before.tables {
                        let is_it = |ty: &str| ty.strip_suffix("[]").unwrap_or(ty) == to.name;
                        let its = entry.table.columns.iter().filter(|column| is_it(types::text(&column.ty)));
                        columns.extend(its.map(|column| (table.clone(), column.name.clone())));
                    }
                }
                _ => {}
            }
        }
        columns
    }

    fn is_new(&self, table: &str) -> bool {
        self.operations
            .iter()
            .any(|operation| matches!(operation, Operation::CreateTable { name, .. } if name == table))
    }

    fn is_changed(&self, table: &str) -> bool {
        self.operations.iter().any(|operation| operation.table() == Some(table))
    }

    fn dropped(&self) -> impl Iterator<Item = (&String, &Table)> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::DropTable { name, table } => Some((name, table)),
            _ => None,
        })
    }

    /// Keys that would be in the way: of those that go anyway, of tables that go, and between columns that change
    /// their types together.
    fn keys_ahead(&self) -> Group {
        let mut statements = Vec::new();
        let mut drop = |table: &str, name: &str| {
            let statement = format!("ALTER TABLE {} DROP CONSTRAINT {}", path(table), quoted(name));
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        };
        for operation in self.operations {
            if let Operation::DropPart { table, part: Part::ForeignKey(key) } = operation {
                key.name.iter().for_each(|name| drop(table, name));
            }
        }
        for (table, whole) in self.dropped() {
            let goes = |parent: &String| self.dropped().any(|(name, _)| name == parent);
            let points_to_change = |key: &&ForeignKey| {
                !goes(&key.table) && self.is_changed(&key.table) && !self.is_new(&key.table)
            };
            let keys = whole.foreign_keys.iter().filter(points_to_change);
            keys.filter_map(|key| key.name.as_ref()).for_each(|name| drop(table, name));
        }
        self.retyped_keys()
            .iter()
            .filter_map(|(table, key)| Some((table, key.name.as_ref()?)))
            .for_each(|(table, name)| drop(table, name));
        Group::of(statements)
    }

    /// Keys that stay, between columns of which one gets a type that cannot be compared with the other's.
    fn retyped_keys(&self) -> Vec<(String, ForeignKey)> {
        let retyped: BTreeSet<(String, String)> = self.operations.iter().filter_map(other_family).collect();
        let is_gone = |table: &str, key: &ForeignKey| {
            self.operations.iter().any(|operation| match operation {
                Operation::DropPart { table: other, part: Part::ForeignKey(gone) } => {
                    other == table && gone.name == key.name
                }
                Operation::DropTable { name, .. } => name == table,
                _ => false,
            })
        };
        let touches = |table: &str, columns: &[String]| {
            columns.iter().any(|column| retyped.contains(&(table.to_owned(), column.clone())))
        };
        let all = self.before.tables.iter().flat_map(|(name, entry)| {
            entry.table.foreign_keys.iter().map(move |key| (name.clone(), key.clone()))
        });
        all.filter(|(table, key)| touches(table, &key.columns) || touches(&key.table, &key.references))
            .filter(|(table, key)| !is_gone(table, key))
            .collect()
    }

    /// The changes of each table that is there and stays, in the order in which the tables first appear.
    fn by_table(&self) -> Vec<(&str, Vec<&Operation>)> {
        let mut tables: Vec<(&str, Vec<&Operation>)> = Vec::new();
        for operation in self.operations {
            let is_elsewhere = matches!(
                operation,
                Operation::CreateTable { .. }
                    | Operation::DropTable { .. }
                    | Operation::AddPart { part: Part::ForeignKey(_), .. }
                    | Operation::DropPart { part: Part::ForeignKey(_), .. }
            );
            let Some(table) = operation.table().filter(|_| !is_elsewhere) else { continue };
            match tables.iter_mut().find(|(name, _)| *name == table) {
                Some((_, operations)) => operations.push(operation),
                None => tables.push((table, vec![operation])),
            }
        }
        tables
    }

    fn change<'s>(&'s self, table: &'s str, operations: Vec<&'s Operation>) -> Change<'s> {
        let before = self.before.tables.get(table);
        Change { table, before, like: self.like, operations, is_new: self.is_new(table) }
    }

    fn create(&self, name: &str, table: &Table) -> Group {
        let entry = self.like.and_then(|like| like.tables.get(name));
        let mut table = table.clone();
        if entry.is_none() {
            table.uniques.iter_mut().for_each(|unique| unique.is_constraint = true);
        }
        let frame = entry.map_or_else(Frame::default, |entry| entry.relation.frame());
        let twins = twins(&mut table);
        let mut statements = vec![define::table(name, &table, &frame, |key| self.is_later(name, key))];
        statements.extend(
            twins.iter().map(|unique| format!("ALTER TABLE {} ADD {}", path(name), define::unique(unique))),
        );
        statements.extend(define::beside_table(name, &table));
        statements.extend(entry.into_iter().flat_map(|entry| views::grants(&entry.relation)));
        let group = Group::of(statements);
        if entry.is_some() { group.comment(format!("`{name}` comes back without its rows.")) } else { group }
    }

    /// Whether the table that a new table's key points to is still to be made.
    fn is_later(&self, name: &str, key: &ForeignKey) -> bool {
        let created = self.operations.iter().filter_map(|operation| match operation {
            Operation::CreateTable { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let mut after = created.skip_while(|other| *other != name).skip(1);
        after.any(|other| other == key.table)
    }

    /// Keys that are new, and those that went while types changed.
    fn keys(&self) -> Vec<Group> {
        let mut found: Vec<(String, ForeignKey)> = Vec::new();
        for operation in self.operations {
            match operation {
                Operation::AddPart { table, part: Part::ForeignKey(key) } => {
                    found.push((table.clone(), key.clone()));
                }
                Operation::CreateTable { name, table } => {
                    let later = table.foreign_keys.iter().filter(|key| self.is_later(name, key));
                    found.extend(later.map(|key| (name.clone(), key.clone())));
                }
                _ => {}
            }
        }
        found.extend(self.retyped_keys());
        let group = |(table, key): (String, ForeignKey)| {
            let operation = Operation::AddPart { table: table.clone(), part: Part::ForeignKey(key) };
            self.change(&table, vec![&operation]).group()
        };
        found.into_iter().map(group).collect()
    }

    fn drop_tables(&self) -> Group {
        let names: Vec<&String> = self.dropped().map(|(name, _)| name).collect();
        let group = Group::of(names.iter().map(|name| format!("DROP TABLE {}", path(name))).collect());
        if self.like.is_some() || names.is_empty() {
            return group;
        }
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        group.comment(format!("Rows are lost with {}.", names.join(", ")))
    }

    fn drop_enums(&self) -> Group {
        let drops = self.operations.iter().filter_map(|operation| match operation {
            Operation::DropEnum { ty } => Some(format!("DROP TYPE {}", path(&ty.name))),
            _ => None,
        });
        Group::of(drops.collect())
    }
}

/// Takes out unique keys over the same columns as another key: PostgreSQL makes one of them where one statement has
/// both.
fn twins(table: &mut Table) -> Vec<Unique> {
    let mut seen: Vec<Vec<String>> = table.primary_key.iter().map(|key| key.columns.clone()).collect();
    let (first, twins) = std::mem::take(&mut table.uniques).into_iter().partition(|unique| {
        let is_first = !unique.is_constraint || !seen.contains(&unique.columns);
        seen.push(unique.columns.clone());
        is_first
    });
    table.uniques = first;
    twins
}

/// A column whose new type has another family.
fn other_family(operation: &Operation) -> Option<(String, String)> {
    match operation {
        Operation::AlterColumn { table, from, to, .. } if is_other(&from.ty, &to.ty) => {
            Some((table.clone(), to.name.clone()))
        }
        _ => None,
    }
}

fn is_other(from: &schema_build::schema::ColumnType, to: &schema_build::schema::ColumnType) -> bool {
    let family = |ty| {
        let name = types::family_name(ty);
        if ["Smallint", "Integer", "Bigint", "Numeric"].contains(&name.as_str()) {
            "Number".to_owned()
        } else {
            name
        }
    };
    family(from) != family(to)
}
