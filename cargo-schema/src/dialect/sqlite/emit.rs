//! SQL for operations. Renames are done in place and change the texts of views and triggers, hence stages: each is
//! run on the scratch database before the next is written. Within a stage new tables come first, then changed ones,
//! then those that go.

use std::collections::BTreeMap;

use diesel::SqliteConnection;
use schema_build::schema::{Index, IndexItem, Table, Unique};
use schema_build::statement::lex;

use super::introspect::{Catalogue, Entry, IndexSource, catalogue, table_of};
use super::name::{fold, is_same, list, quoted};
use super::{edit, inplace, rebuild};
use crate::database::scratch::{Error, run};
use crate::dialect::Emitted;
use crate::dialect::script::{Group, Script};
use crate::operation::{Operation, Part};

/// Writes and runs everything.
pub(crate) fn emit(
    database: &mut SqliteConnection,
    operations: &[Operation],
    like: Option<&[Catalogue]>,
) -> Result<Emitted<Catalogue>, Error> {
    let mut emitted = Emitted { script: Script::default(), stages: Vec::new() };
    let runs = operations.chunk_by(|left, right| left.is_rename() == right.is_rename());
    for (position, operations) in runs.enumerate() {
        let before = catalogue(database)?;
        let like = like.and_then(|like| like.get(position));
        let script = match operations.first().is_some_and(Operation::is_rename) {
            true => renames(operations),
            false => Stage { before: &before, like, operations }.script(),
        };
        execute(database, &script)?;
        emitted.script.extend(script);
        emitted.stages.push(before);
    }
    Ok(emitted)
}

/// Runs a script as the engine will: foreign keys off around it, if it says so.
fn execute(database: &mut SqliteConnection, script: &Script) -> Result<(), Error> {
    transaction(database, script.statements(), script.needs_foreign_keys_off)
}

/// Runs a file: cut into statements as the engine cuts it, so that what is proven is what runs.
pub(super) fn run_file(
    database: &mut SqliteConnection,
    text: &str,
    foreign_keys_off: bool,
) -> Result<(), Error> {
    let lexed = lex(text, schema_runtime::dialect::Dialect::Sqlite);
    let statements =
        lexed.statements.iter().map(|statement| &text[statement.start as usize..statement.end as usize]);
    transaction(database, statements, foreign_keys_off)
}

fn transaction<'a>(
    database: &mut SqliteConnection,
    mut statements: impl Iterator<Item = &'a str>,
    foreign_keys_off: bool,
) -> Result<(), Error> {
    if foreign_keys_off {
        run(database, "PRAGMA foreign_keys = OFF")?;
    }
    run(database, "BEGIN")?;
    let result =
        statements.try_for_each(|statement| run(database, statement)).and_then(|()| violations(database));
    let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = result.and(run(database, end));
    if ended.is_err() {
        // Nothing to roll back is no second failure.
        let _ = run(database, "ROLLBACK");
    }
    run(database, "PRAGMA foreign_keys = ON")?;
    ended
}

/// Foreign keys that point nowhere.
fn violations(database: &mut SqliteConnection) -> Result<(), Error> {
    let violated = super::seed::texts(database, "SELECT \"table\" AS text FROM pragma_foreign_key_check")?;
    match violated.first() {
        None => Ok(()),
        Some(table) => {
            let message = format!("FOREIGN KEY constraint failed in `{table}`");
            Err(Error::new("check the foreign keys of the scratch database", message).of_rows())
        }
    }
}

fn renames(operations: &[Operation]) -> Script {
    let statement = |operation: &Operation| match operation {
        Operation::RenameTable { from, to } => {
            Some(format!("ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to)))
        }
        Operation::RenameColumn { table, from, to } => {
            Some(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(table), quoted(from), quoted(to)))
        }
        _ => None,
    };
    let mut script = Script::default();
    script.push(Group::of(operations.iter().filter_map(statement).collect()));
    script
}

/// Operations that are no renames, and what they meet.
pub(super) struct Stage<'a> {
    pub(super) before: &'a Catalogue,
    /// On the way back: what comes of it, as it was.
    pub(super) like: Option<&'a Catalogue>,
    pub(super) operations: &'a [Operation],
}

impl Stage<'_> {
    fn script(&self) -> Script {
        let mut script = Script::default();
        for operation in self.operations {
            if let Operation::CreateTable { name, table } = operation {
                script.push(self.create(name, table));
            }
        }
        script.extend(self.changes());
        script.push(self.triggers_of_new_tables());
        let dropped: Vec<&str> = self.dropped().collect();
        script.push(self.drop_tables(&dropped));
        script.needs_foreign_keys_off |= self.is_pointed_at(&dropped);
        script
    }

    /// Whether dropping these tables in their order would drop one that another still points to.
    fn is_pointed_at(&self, dropped: &[&str]) -> bool {
        let places: BTreeMap<String, usize> =
            dropped.iter().enumerate().map(|(place, name)| (fold(name), place)).collect();
        dropped.iter().enumerate().any(|(place, name)| {
            let keys = self.before.table(name).map(|entry| table_of(entry).foreign_keys).unwrap_or_default();
            keys.iter().any(|key| places.get(&fold(&key.table)).is_some_and(|&parent| parent < place))
        })
    }

    fn create(&self, name: &str, table: &Table) -> Group {
        if let Some(entry) = self.like.and_then(|like| like.table(name)) {
            let mut statements = vec![entry.source.sql(name)];
            statements.extend(entry.indexes.iter().map(|index| index.sql.clone()));
            return Group::of(statements).comment(format!("`{name}` comes back without its rows."));
        }
        let mut statements = vec![edit::create(name, table).sql(name)];
        let uniques = table.uniques.iter().map(|unique| create_index(name, &index_of(unique)));
        statements.extend(uniques.chain(table.indexes.iter().map(|index| create_index(name, index))));
        Group::of(statements)
    }

    /// Of tables that come back. They may mention a table that is rebuilt, hence after the changes.
    fn triggers_of_new_tables(&self) -> Group {
        let names = self.operations.iter().filter_map(|operation| match operation {
            Operation::CreateTable { name, .. } => Some(name),
            _ => None,
        });
        let triggers =
            names.flat_map(|name| self.like.into_iter().flat_map(move |like| like.triggers_of(name)));
        Group::of(triggers.map(|trigger| trigger.sql.clone()).collect())
    }

    fn dropped(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::DropTable { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether the stage ends with this table dropped.
    pub(super) fn drops(&self, table: &str) -> bool {
        self.dropped().any(|name| is_same(name, table))
    }

    fn drop_tables(&self, names: &[&str]) -> Group {
        let group = Group::of(names.iter().map(|name| format!("DROP TABLE {}", quoted(name))).collect());
        if self.like.is_some() || names.is_empty() {
            return group;
        }
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        group.comment(format!("Rows are lost with {}.", names.join(", ")))
    }

    fn changes(&self) -> Script {
        let changes: Vec<Change<'_>> = self
            .by_table()
            .into_iter()
            .filter_map(|(table, operations)| self.change(table, operations))
            .collect();
        let mut script = Script::default();
        for change in changes.iter().filter(|change| !change.is_rebuilt) {
            inplace::groups(change).into_iter().for_each(|group| script.push(group));
        }
        let rebuilt: Vec<&Change<'_>> = changes.iter().filter(|change| change.is_rebuilt).collect();
        script.extend(rebuild::script(self, &rebuilt));
        script
    }

    /// The changes of each table that is there and stays, in the order in which the tables first appear.
    fn by_table(&self) -> Vec<(&str, Vec<&Operation>)> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut tables: Vec<(&str, Vec<&Operation>)> = Vec::new();
        for operation in self.operations {
            let is_whole = matches!(operation, Operation::CreateTable { .. } | Operation::DropTable { .. });
            if let Some(table) = operation.table().filter(|_| !is_whole) {
                let place = *places.entry(fold(table)).or_insert(tables.len());
                if place == tables.len() {
                    tables.push((table, Vec::new()));
                }
                tables[place].1.push(operation);
            }
        }
        tables
    }

    fn change<'s>(&'s self, table: &str, operations: Vec<&'s Operation>) -> Option<Change<'s>> {
        let before = self.before.table(table)?;
        let after = match self.like.and_then(|like| like.table(table)) {
            Some(like) => like.clone(),
            None => after(before, &operations),
        };
        let name = before.source.name.clone();
        let is_way_back = self.like.is_some();
        let mut change = Change { name, before, after, operations, is_way_back, is_rebuilt: false };
        change.is_rebuilt = !inplace::is_possible(&change, self.before);
        Some(change)
    }
}

/// What happens to one table.
pub(super) struct Change<'a> {
    pub(super) name: String,
    pub(super) before: &'a Entry,
    pub(super) after: Entry,
    pub(super) operations: Vec<&'a Operation>,
    pub(super) is_way_back: bool,
    pub(super) is_rebuilt: bool,
}

impl Change<'_> {
    /// Indexes that go or become others.
    pub(super) fn dropped_indexes(&self) -> impl Iterator<Item = &IndexSource> {
        self.before.indexes.iter().filter(|index| !has(&self.after, index))
    }

    /// Indexes that are new or were others.
    pub(super) fn new_indexes(&self) -> impl Iterator<Item = &IndexSource> {
        self.after.indexes.iter().filter(|index| !has(self.before, index))
    }
}

fn has(entry: &Entry, index: &IndexSource) -> bool {
    let canonical = |index: &IndexSource| super::name::canonical(&index.sql);
    entry
        .indexes
        .iter()
        .any(|other| is_same(&other.name, &index.name) && canonical(other) == canonical(index))
}

/// The table after its operations.
fn after(before: &Entry, operations: &[&Operation]) -> Entry {
    let mut after = before.clone();
    edit::apply(&mut after.source, operations);
    for operation in operations {
        match operation {
            Operation::DropPart { part, .. } => {
                if let Some(index) = part_index(part) {
                    after.indexes.retain(|there| !is_index(there, &index));
                }
            }
            Operation::AddPart { part, .. } => add_index(&mut after, part),
            Operation::RenamePart { from, to, .. } => rename_index(&mut after, from, to),
            _ => {}
        }
    }
    after
}

fn add_index(after: &mut Entry, part: &Part) {
    if let Some(index) = new_index(part) {
        let sql = create_index(&after.source.name, &index);
        after.indexes.push(IndexSource { name: index.name.clone().unwrap_or_default(), sql, index });
    }
}

fn rename_index(after: &mut Entry, from: &Part, to: &Part) {
    let (Some(from), Some(to)) = (part_index(from), to.name()) else { return };
    let table = after.source.name.clone();
    if let Some(there) = after.indexes.iter_mut().find(|there| is_index(there, &from)) {
        to.clone_into(&mut there.name);
        there.index.name = Some(to.to_owned());
        there.sql = create_index(&table, &there.index);
    }
}

/// The index that a new part is: a unique key is one that can be dropped in place, whatever the model calls it.
fn new_index(part: &Part) -> Option<Index> {
    match part {
        Part::Unique(unique) => Some(index_of(unique)),
        other => part_index(other),
    }
}

/// The index that a part is in SQLite; none for constraints.
fn part_index(part: &Part) -> Option<Index> {
    match part {
        Part::Index(index) => Some(index.clone()),
        Part::Unique(unique) if !unique.is_constraint => Some(index_of(unique)),
        Part::Unique(_) | Part::PrimaryKey(_) | Part::Check(_) | Part::ForeignKey(_) => None,
    }
}

fn is_index(there: &IndexSource, index: &Index) -> bool {
    index.name.as_ref().is_some_and(|name| is_same(name, &there.name))
}

/// The index that a unique key is.
pub(crate) fn index_of(unique: &Unique) -> Index {
    let item =
        |name: &String| IndexItem::Column { name: name.clone(), is_descending: false, collation: None };
    Index {
        name: unique.name.clone(),
        items: unique.columns.iter().map(item).collect(),
        is_unique: true,
        condition: None,
        method: None,
        include: Vec::new(),
        was: unique.was.clone(),
    }
}

/// `CREATE UNIQUE INDEX name ON table (a, b DESC) WHERE ..`.
pub(super) fn create_index(table: &str, index: &Index) -> String {
    let item = |item: &IndexItem| match item {
        IndexItem::Sql(sql) => sql.clone(),
        IndexItem::Column { name, is_descending, collation } => {
            let collation =
                collation.as_ref().map_or(String::new(), |name| format!(" COLLATE {}", quoted(name)));
            format!("{}{collation}{}", list(&[name]), if *is_descending { " DESC" } else { "" })
        }
    };
    let items: Vec<String> = index.items.iter().map(item).collect();
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let name = quoted(index.name.as_deref().unwrap_or_default());
    let condition = index.condition.as_ref().map_or(String::new(), |sql| format!(" WHERE {sql}"));
    format!("CREATE {unique}INDEX {name} ON {} ({}){condition}", quoted(table), items.join(", "))
}
