//! Which operations share a migration. All of them, with two exceptions. Indexes of tables with rows are built beside
//! the writes of others, which no transaction allows: these are in a migration of their own then, what they need stands
//! in one before, and what needs them in one behind. And values of an enum type that must be committed before they can
//! be used stand in one before their use. Pure.

use schema_build::schema::{EnumType, ForeignKey, IndexItem, Table};

use crate::operation::{Operation, Part};

/// What a migration holds, in the order in which several of them run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    /// Values of enum types, which others use.
    Values,
    /// Names that must be new before an index of the table goes.
    Renames,
    /// Indexes that are in the way of what follows.
    GoneIndexes,
    /// Everything else.
    #[default]
    Rest,
    /// Indexes that are built, and those that go when these are there.
    Indexes,
    /// Foreign keys that point to a unique key which was built.
    Keys,
}

impl Share {
    /// Whether it runs statement by statement, in no transaction.
    pub(crate) fn is_outside(self) -> bool {
        matches!(self, Self::GoneIndexes | Self::Indexes)
    }

    /// What people said the whole does, with a word that tells this part from the others.
    pub(crate) fn message(self, whole: &str) -> String {
        let part = match self {
            Self::Values => "enum values",
            Self::Renames => "renames",
            Self::GoneIndexes => "indexes that go",
            Self::Rest => return whole.to_owned(),
            Self::Indexes => "indexes",
            Self::Keys => "foreign keys",
        };
        format!("{whole}: {part}")
    }
}

/// Shares operations out that are in the order in which they are done. `is_free` says of a table, by its name of
/// before, whether its indexes can be built while others write; `is_first` of an enum type, by its name of after,
/// whether its values have to be there before all else.
pub(crate) fn shared(
    operations: Vec<Operation>,
    is_free: impl Fn(&str) -> bool,
    is_first: impl Fn(&str) -> bool,
) -> Vec<(Share, Vec<Operation>)> {
    let whole = Whole { operations: &operations, is_free, is_first };
    let mut shares: Vec<(Share, Operation)> =
        operations.iter().flat_map(|operation| whole.with_keys_apart(operation)).collect();
    if shares.iter().any(|(share, _)| *share == Share::GoneIndexes) {
        let is_rename =
            |(share, operation): &&mut (Share, Operation)| *share == Share::Rest && operation.is_rename();
        let renames = shares.iter_mut().filter(is_rename);
        renames.for_each(|(share, _)| *share = Share::Renames);
    }
    let has_rest = shares.iter().any(|(share, _)| *share == Share::Rest);
    let place = |(share, operation): &(Share, Operation)| match (share, operation) {
        (Share::GoneIndexes, _) if !has_rest => (Share::Indexes, 0),
        // What is built comes before what goes, so that queries never lack both.
        (Share::Indexes, Operation::DropPart { .. }) => (Share::Indexes, 2),
        _ => (*share, 1),
    };
    shares.sort_by_key(place);
    let runs = shares.chunk_by(|left, right| place(left).0 == place(right).0);
    runs.map(|run| (place(&run[0]).0, run.iter().map(|(_, operation)| operation.clone()).collect())).collect()
}

struct Whole<'a, F, G> {
    operations: &'a [Operation],
    is_free: F,
    is_first: G,
}

impl<F: Fn(&str) -> bool, G: Fn(&str) -> bool> Whole<'_, F, G> {
    /// An operation with its share; keys of a new table that have to wait are taken out of it.
    fn with_keys_apart(&self, operation: &Operation) -> Vec<(Share, Operation)> {
        let Operation::CreateTable { name, table } = operation else {
            return vec![(self.share(operation), operation.clone())];
        };
        let (waiting, others) = table.foreign_keys.iter().cloned().partition(|key| self.waits(key));
        let waiting: Vec<ForeignKey> = waiting;
        let table = Table { foreign_keys: others, ..table.clone() };
        let create = (Share::Rest, Operation::CreateTable { name: name.clone(), table });
        let key =
            |key| (Share::Keys, Operation::AddPart { table: name.clone(), part: Part::ForeignKey(key) });
        std::iter::once(create).chain(waiting.into_iter().map(key)).collect()
    }

    fn share(&self, operation: &Operation) -> Share {
        match operation {
            Operation::AlterEnum { to: EnumType { name, .. }, .. }
            | Operation::RenameEnum { to: name, .. }
                if (self.is_first)(name) =>
            {
                Share::Values
            }
            Operation::AddPart { part: Part::ForeignKey(key), .. } if self.waits(key) => Share::Keys,
            Operation::AddPart { .. } if self.is_built(operation) => Share::Indexes,
            Operation::DropPart { table, part } if self.goes_beside(table, part) => {
                match self.is_in_the_way(table, part) {
                    // A constraint goes at once wherever it goes.
                    true if is_constraint(part) => Share::Rest,
                    true => Share::GoneIndexes,
                    false => Share::Indexes,
                }
            }
            _ => Share::Rest,
        }
    }

    /// Whether it is an index, or a unique key, that is built beside the writes.
    fn is_built(&self, operation: &Operation) -> bool {
        match operation {
            Operation::AddPart { table, part: Part::Unique(_) | Part::Index(_) } => self.is_free(table),
            _ => false,
        }
    }

    /// Whether an index goes beside the writes. What a foreign key stood on goes with that key.
    fn goes_beside(&self, table: &str, part: &Part) -> bool {
        let is_index = match part {
            // Its successor is built first.
            Part::Unique(unique) if unique.is_constraint => {
                let is_here = |operation: &&Operation| operation.table() == Some(table);
                self.operations.iter().filter(is_here).any(|operation| self.is_built(operation))
            }
            Part::Unique(_) | Part::Index(_) => true,
            _ => false,
        };
        is_index && self.is_free(table) && !self.loses_a_key(table)
    }

    /// Whether a foreign key that points to a table goes.
    fn loses_a_key(&self, table: &str) -> bool {
        self.operations.iter().any(|operation| match operation {
            Operation::DropPart { part: Part::ForeignKey(key), .. } => key.table == table,
            Operation::DropTable { table: gone, .. } => {
                gone.foreign_keys.iter().any(|key| key.table == table)
            }
            _ => false,
        })
    }

    /// Whether what comes after would take it along, build it anew, or take its name.
    fn is_in_the_way(&self, table: &str, part: &Part) -> bool {
        self.operations.iter().any(|operation| match operation {
            Operation::DropColumn { table: other, .. } | Operation::AlterColumn { table: other, .. } => {
                other == table
            }
            Operation::AddPart { part: new, .. } | Operation::RenamePart { to: new, .. } => {
                new.name().is_some() && new.name() == part.name()
            }
            Operation::CreateTable { name, table } => {
                names(name, table).any(|name| part.name() == Some(name))
            }
            Operation::RenameTable { to, .. } => part.name() == Some(last(to)),
            _ => false,
        })
    }

    /// Whether a key points to a unique key that is built.
    fn waits(&self, key: &ForeignKey) -> bool {
        self.operations.iter().filter(|operation| self.is_built(operation)).any(|operation| match operation {
            Operation::AddPart { table, part } => {
                *table == key.table
                    && unique_columns(part).is_some_and(|columns| is_same(&columns, &key.references))
            }
            _ => false,
        })
    }

    fn is_free(&self, table: &str) -> bool {
        let before = self.operations.iter().rev().fold(table, |name, operation| match operation {
            Operation::RenameTable { from, to } if to == name => from,
            _ => name,
        });
        (self.is_free)(before)
    }
}

fn is_constraint(part: &Part) -> bool {
    matches!(part, Part::Unique(unique) if unique.is_constraint)
}

/// The names beside which no other table or index can have the same.
fn names<'t>(name: &'t str, table: &'t Table) -> impl Iterator<Item = &'t str> {
    let uniques = table.uniques.iter().filter_map(|unique| unique.name.as_deref());
    let indexes = table.indexes.iter().filter_map(|index| index.name.as_deref());
    std::iter::once(last(name)).chain(uniques).chain(indexes)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn unique_columns(part: &Part) -> Option<Vec<&String>> {
    match part {
        Part::Unique(unique) => Some(unique.columns.iter().collect()),
        Part::Index(index) if index.is_unique => index
            .items
            .iter()
            .map(|item| match item {
                IndexItem::Column { name, .. } => Some(name),
                IndexItem::Sql(_) => None,
            })
            .collect(),
        _ => None,
    }
}

fn is_same(columns: &[&String], others: &[String]) -> bool {
    columns.len() == others.len() && columns.iter().all(|column| others.contains(column))
}
