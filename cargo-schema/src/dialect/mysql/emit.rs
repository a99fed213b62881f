//! SQL for operations. Renames are done first and by themselves, for the server changes what mentions the old names
//! better than we could, hence stages: each is run on the scratch database before the next is written. Every statement
//! commits by itself, so what is in the way goes first and what carries data goes last.

use std::collections::BTreeMap;

use schema_build::schema::{ForeignKey, Table};
use schema_build::statement::lex;
use schema_runtime::dialect::Dialect;

use super::alter::{Change, alter};
use super::catalogue::{Catalogue, ColumnEntry, Entry};
use super::name::{fold, is_same, list, quoted};
use super::scratch::Scratch;
use super::types::canonical;
use super::{define, edit, refuse};
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
    let mut is_strict = false;
    let runs = operations.chunk_by(|left, right| left.is_rename() == right.is_rename());
    for (position, operations) in runs.enumerate() {
        let mut before = database.catalogue()?;
        remember_sources(database, operations, &mut before)?;
        let like = like.and_then(|like| like.get(position));
        refuse::what_is_mentioned(&before, operations, like)?;
        let script = match operations.first().is_some_and(Operation::is_rename) {
            true => renames(&before, operations),
            false => {
                let stage = Stage { before: &before, like, operations };
                let changes = stage.changes();
                refuse::what_is_not_known(database, &changes)?;
                is_strict |= changes.iter().any(Change::needs_strictness);
                stage.script(&changes)
            }
        };
        for statement in script.statements() {
            database.run(statement)?;
        }
        emitted.script.extend(script);
        emitted.stages.push(before);
    }
    if is_strict {
        emitted.script = strict(emitted.script);
    }
    Ok(emitted)
}

/// Writes everything without a database, stage by stage, from what is said to be there; refuses what the server alone
/// can tell.
pub(super) fn on_paper(stages: &[Paper<'_, Catalogue>]) -> Result<Script, Error> {
    let mut script = Script::default();
    let mut is_strict = false;
    for Paper { before, like, operations } in stages {
        if operations.first().is_some_and(Operation::is_rename) {
            refuse::what_servers_rename_differently(before, operations)?;
            script.extend(renames(before, operations));
            continue;
        }
        let stage = Stage { before, like: like.as_ref(), operations };
        let changes = stage.changes();
        refuse::what_no_schema_says(&changes)?;
        is_strict |= changes.iter().any(Change::needs_strictness);
        script.extend(stage.script(&changes));
    }
    Ok(if is_strict { strict(script) } else { script })
}

/// Of tables that go, the server's own statement: it is what brings them back.
fn remember_sources(
    database: &mut Scratch,
    operations: &[Operation],
    before: &mut Catalogue,
) -> Result<(), Error> {
    for operation in operations {
        if let Operation::DropTable { name, .. } = operation
            && let Some(entry) = before.tables.get_mut(&fold(name))
        {
            entry.source = Some(database.source(name)?);
        }
    }
    Ok(())
}

/// Runs a file: cut into statements as the engine cuts it, so that what is proven is what runs.
pub(super) fn run_file(database: &mut Scratch, text: &str) -> Result<(), Error> {
    let lexed = lex(text, Dialect::Mysql);
    lexed
        .statements
        .iter()
        .try_for_each(|statement| database.run(&text[statement.start as usize..statement.end as usize]))
}

/// Where values change, a server that is not strict would change them to fit.
fn strict(script: Script) -> Script {
    let begin = "SET @schema_sql_mode = @@sql_mode, sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";
    let mut strict = Script::default();
    strict.push(
        Group::of(vec![begin.to_owned()])
            .comment("A value that does not fit stops the migration, whatever the server's sql_mode."),
    );
    strict.extend(script);
    strict.push(Group::of(vec!["SET sql_mode = @schema_sql_mode".to_owned()]));
    strict
}

/// Tables first, then the columns of each in one statement.
fn renames(before: &Catalogue, operations: &[Operation]) -> Script {
    let mut tables = Vec::new();
    let mut columns: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for operation in operations {
        match operation {
            Operation::RenameTable { from, to } => {
                tables.push(format!("RENAME TABLE {} TO {}", quoted(from), quoted(to)));
            }
            Operation::RenameColumn { table, from, to } => {
                // A name that was another's a moment ago waits for the next statement.
                let is_free = |renamed: &[(&str, &str)]| {
                    !renamed.iter().any(|(old, new)| is_same(new, from) || is_same(old, to))
                };
                match columns.iter_mut().rfind(|(other, _)| is_same(other, table)) {
                    Some((_, renamed)) if is_free(renamed) => renamed.push((from, to)),
                    _ => columns.push((table, vec![(from, to)])),
                }
            }
            _ => {}
        }
    }
    // The way back renames columns while the tables still have the new names.
    let is_columns_first = matches!(operations.first(), Some(Operation::RenameColumn { .. }));
    let columns: Vec<String> = columns
        .iter()
        .flat_map(|(table, renamed)| {
            rename_columns(table, entry_of(before, operations, table), before, renamed)
        })
        .collect();
    let statements = if is_columns_first { [columns, tables] } else { [tables, columns] };
    let mut script = Script::default();
    script.push(Group::of(statements.concat()));
    script
}

/// A table before its rename.
fn entry_of<'a>(before: &'a Catalogue, operations: &[Operation], table: &str) -> Option<&'a Entry> {
    let old = operations.iter().find_map(|operation| match operation {
        Operation::RenameTable { from, to } if is_same(to, table) => Some(from.as_str()),
        _ => None,
    });
    before.table(old.unwrap_or(table)).or_else(|| before.table(table))
}

/// MySQL renames no column that a check mentions, so the check steps aside there.
fn rename_columns(
    table: &str,
    entry: Option<&Entry>,
    before: &Catalogue,
    renamed: &[(&str, &str)],
) -> Option<String> {
    let aside = entry.into_iter().flat_map(|entry| &entry.checks).filter(|check| {
        renamed.iter().any(|(from, _)| !before.server.renames_within(&check.expression, from))
    });
    let mut clauses = Vec::new();
    let mut added = Vec::new();
    for check in aside {
        let expression = renamed
            .iter()
            .fold(check.expression.clone(), |sql, (from, to)| super::name::renamed(&sql, from, to));
        clauses.push(format!("DROP CONSTRAINT {}", quoted(&check.name)));
        added.push(format!(
            "ADD {}",
            define::check(&super::catalogue::CheckEntry { expression, ..check.clone() })
        ));
    }
    clauses
        .extend(renamed.iter().map(|(from, to)| format!("RENAME COLUMN {} TO {}", quoted(from), quoted(to))));
    clauses.extend(added);
    alter(table, &clauses)
}

/// Operations that are no renames, and what they meet.
struct Stage<'a> {
    before: &'a Catalogue,
    /// On the way back: what comes of it, as it was.
    like: Option<&'a Catalogue>,
    operations: &'a [Operation],
}

impl<'a> Stage<'a> {
    fn script(&self, changes: &[Change<'a>]) -> Script {
        let keys = self.keys(changes);
        let mut script = Script::default();
        script.push(drop_keys(&keys.dropped, keys.has_aside));
        for (name, table) in self.created() {
            script.push(self.create(name, table, &keys));
        }
        for change in changes {
            change.groups().into_iter().for_each(|group| script.push(group));
        }
        script.push(add_keys(&keys.added));
        script.push(self.drop_tables());
        script.push(self.triggers());
        script
    }

    /// The changes of each table that is there and stays, in the order in which the tables first appear.
    fn changes(&self) -> Vec<Change<'a>> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut changes: Vec<Change<'a>> = Vec::new();
        for operation in self.operations {
            let is_whole = matches!(operation, Operation::CreateTable { .. } | Operation::DropTable { .. });
            let entry = operation.table().filter(|_| !is_whole).and_then(|table| self.before.table(table));
            let Some(before) = entry else { continue };
            let place = *places.entry(fold(&before.name)).or_insert(changes.len());
            if place == changes.len() {
                let is_way_back = self.like.is_some();
                changes.push(Change { before, after: before.clone(), operations: Vec::new(), is_way_back });
            }
            changes[place].operations.push(operation);
        }
        for change in &mut changes {
            change.after = match self.like.and_then(|like| like.table(&change.before.name)) {
                Some(like) => like.clone(),
                None => edit::apply(change.before, &change.operations),
            };
        }
        changes
    }

    fn created(&self) -> impl Iterator<Item = (&'a str, &'a Table)> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::CreateTable { name, table } => Some((name.as_str(), table)),
            _ => None,
        })
    }

    fn dropped(&self) -> Vec<&'a str> {
        let name = |operation: &'a Operation| match operation {
            Operation::DropTable { name, .. } => Some(name.as_str()),
            _ => None,
        };
        self.operations.iter().filter_map(name).collect()
    }

    /// Foreign keys that go, come, or step aside while a column of theirs changes its type.
    fn keys(&self, changes: &[Change<'a>]) -> Keys {
        let changed = |name: &str| changes.iter().find(|change| is_same(&change.before.name, name));
        let mut keys = Keys::default();
        let dropped = self.dropped();
        for entry in self.before.tables.values() {
            let goes = dropped.iter().any(|name| is_same(name, &entry.name));
            let after = changed(&entry.name).map_or(entry, |change| &change.after);
            for key in &entry.foreign_keys {
                let is_aside = || {
                    is_reshaped(changed(&entry.name), &key.columns)
                        || is_reshaped(changed(&key.table), &key.references)
                };
                let stays = after.foreign_keys.contains(key);
                let is_aside = stays && is_aside();
                if is_aside || !stays {
                    keys.dropped.push((entry.name.clone(), key.clone()));
                }
                // A table that goes afterwards needs its keys no more, and they would no longer fit.
                if is_aside && !goes {
                    keys.has_aside = true;
                    keys.added.push((entry.name.clone(), key.clone()));
                }
            }
            let new = after.foreign_keys.iter().filter(|key| !entry.foreign_keys.contains(key));
            keys.added.extend(new.map(|key| (entry.name.clone(), key.clone())));
        }
        keys.added.extend(self.keys_of_new_tables());
        // A key of a new table that points to a changed one waits until that is done.
        for (name, table) in self.created() {
            let entry = self.like.and_then(|like| like.table(name)).map(|entry| entry.foreign_keys.clone());
            let own = entry.unwrap_or_else(|| table.foreign_keys.clone());
            let is_known = |key: &ForeignKey, keys: &Keys| {
                keys.added.iter().any(|(owner, other)| is_same(owner, name) && other.name == key.name)
            };
            let waits: Vec<ForeignKey> = own
                .into_iter()
                .filter(|key| changed(&key.table).is_some() && !is_known(key, &keys))
                .collect();
            keys.added.extend(waits.into_iter().map(|key| (name.to_owned(), key)));
        }
        keys
    }

    /// Those that close circles.
    fn keys_of_new_tables(&self) -> impl Iterator<Item = (String, ForeignKey)> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::AddPart { table, part: Part::ForeignKey(key) }
                if self.before.table(table).is_none() =>
            {
                Some((table.clone(), key.clone()))
            }
            _ => None,
        })
    }

    fn create(&self, name: &str, table: &Table, keys: &Keys) -> Group {
        let later: Vec<ForeignKey> =
            keys.added.iter().filter(|(owner, _)| is_same(owner, name)).map(|(_, key)| key.clone()).collect();
        let Some(like) = self.like.and_then(|like| like.table(name)) else {
            return Group::of(vec![define::table(&edit::created(name, table), &later)]);
        };
        let statement = match &like.source {
            Some(source) => without(source, &later),
            None => define::table(like, &later),
        };
        Group::of(vec![statement]).comment(format!("`{name}` comes back without its rows."))
    }

    fn drop_tables(&self) -> Group {
        let names = self.dropped();
        let group = Group::of(names.iter().map(|name| format!("DROP TABLE {}", quoted(name))).collect());
        if self.like.is_some() || names.is_empty() {
            return group;
        }
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        group.comment(format!("Rows are lost with {}.", names.join(", ")))
    }

    /// Of tables that come back.
    fn triggers(&self) -> Group {
        let triggers = self
            .created()
            .flat_map(|(name, _)| self.like.into_iter().flat_map(move |like| like.triggers_of(name)));
        Group::of(triggers.map(super::catalogue::Trigger::sql).collect())
    }
}

/// Foreign keys by the table that has them.
#[derive(Default)]
struct Keys {
    dropped: Vec<(String, ForeignKey)>,
    added: Vec<(String, ForeignKey)>,
    has_aside: bool,
}

/// Whether one of these columns gets another type.
fn is_reshaped(change: Option<&Change<'_>>, columns: &[String]) -> bool {
    let is_other = |(old, new): (&ColumnEntry, &ColumnEntry)| {
        columns.iter().any(|column| is_same(column, &old.name))
            && (canonical(&old.ty) != canonical(&new.ty)
                || old.collation != new.collation
                || old.is_nullable != new.is_nullable)
    };
    change.is_some_and(|change| change.kept().any(is_other))
}

fn by_table(keys: &[(String, ForeignKey)], clause: impl Fn(&ForeignKey) -> String) -> Vec<String> {
    let mut tables: Vec<(&str, Vec<String>)> = Vec::new();
    for (table, key) in keys {
        match tables.iter_mut().find(|(other, _)| other == table) {
            Some((_, clauses)) => clauses.push(clause(key)),
            None => tables.push((table, vec![clause(key)])),
        }
    }
    tables.iter().filter_map(|(table, clauses)| alter(table, clauses)).collect()
}

fn drop_keys(keys: &[(String, ForeignKey)], has_aside: bool) -> Group {
    let clause =
        |key: &ForeignKey| format!("DROP FOREIGN KEY {}", quoted(key.name.as_deref().unwrap_or_default()));
    let group = Group::of(by_table(keys, clause));
    if has_aside {
        group.comment("Foreign keys step aside while their columns change, and come back below.")
    } else {
        group
    }
}

pub(super) fn add_keys(keys: &[(String, ForeignKey)]) -> Group {
    Group::of(by_table(keys, |key| format!("ADD {}", define::foreign_key(key))))
}

/// The server's own statement without the lines of these foreign keys.
pub(super) fn without(source: &str, keys: &[ForeignKey]) -> String {
    let starts: Vec<String> = keys
        .iter()
        .map(|key| {
            let name = quoted(key.name.as_deref().unwrap_or_default());
            format!("CONSTRAINT {name} FOREIGN KEY ({})", list(&key.columns).replace(", ", ","))
        })
        .collect();
    let is_gone = |line: &str| {
        let line = line.trim_start().replace(", ", ",");
        starts.iter().any(|start| line.starts_with(start.as_str()))
    };
    let lines: Vec<&str> = source.split('\n').filter(|line| !is_gone(line)).collect();
    // The line before the closing bracket has no comma.
    let text = lines.join("\n");
    text.replace(",\n)", "\n)")
}
