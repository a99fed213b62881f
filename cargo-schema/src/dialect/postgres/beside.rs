//! Indexes that are built and dropped while others write: CONCURRENTLY, statement by statement, in no transaction. A
//! unique key is built as an index that the constraint then adopts.

use std::collections::BTreeSet;

use schema_build::schema::Unique;

use super::define;
use super::introspect::{Catalogue, Entry};
use super::name::{beside, path, quoted};
use super::restore;
use super::scratch::Scratch;
use crate::database::scratch::Error;
use crate::dialect::script::{Group, Script};
use crate::dialect::{Emitted, Paper};
use crate::operation::{Operation, Part};

/// Whether PostgreSQL can do that to a table: not to one that has its rows in partitions.
pub(super) fn is_possible(catalogue: &Catalogue, table: &str) -> bool {
    catalogue.tables.get(table).is_some_and(|entry| entry.relation.kind != "p")
}

/// Writes and runs everything.
pub(super) fn emit(
    database: &mut Scratch,
    operations: &[Operation],
    like: Option<&[Catalogue]>,
) -> Result<Emitted<Catalogue>, Error> {
    let before = database.catalogue()?;
    let like = like.and_then(<[Catalogue]>::first);
    let mut script = written(&before, like, operations);
    script.statements().try_for_each(|statement| database.run(statement))?;
    if let Some(like) = like {
        let rest = restore::script(like, &database.catalogue()?, &BTreeSet::new());
        rest.statements().try_for_each(|statement| database.run(statement))?;
        script.extend(rest);
    }
    Ok(Emitted { script, stages: vec![before] })
}

/// Writes everything without a database.
pub(super) fn on_paper(stages: &[Paper<'_, Catalogue>]) -> Script {
    let mut script = Script::default();
    for Paper { before, like, operations } in stages {
        script.extend(written(before, like.as_ref(), operations));
    }
    script
}

fn written(before: &Catalogue, like: Option<&Catalogue>, operations: &[Operation]) -> Script {
    let mut statements = Vec::new();
    for operation in operations {
        match operation {
            Operation::AddPart { table, part } => {
                statements.extend(built(table, part, like.and_then(|like| like.tables.get(table))));
            }
            Operation::DropPart { table, part } => {
                statements.extend(dropped(table, part, before.tables.get(table)));
            }
            _ => {}
        }
    }
    let mut script = Script::default();
    script.push(Group::of(statements));
    script
}

fn built(table: &str, part: &Part, like: Option<&Entry>) -> Vec<String> {
    let name = part.name().unwrap_or_default();
    if let Some(source) = like.and_then(|entry| entry.indexes.get(name)) {
        return vec![concurrently(&source.definition)];
    }
    let constraint = like.and_then(|entry| entry.constraints.get(name));
    match part {
        Part::Index(index) => vec![concurrently(&define::index(table, index))],
        Part::Unique(unique) => {
            let plain = define::unique(&Unique { name: None, ..unique.clone() });
            let rest = constraint.map_or(Some(""), |source| source.definition.strip_prefix(&plain));
            match (rest, constraint) {
                (Some(rest), _) if rest.is_empty() || rest.starts_with(" DEFERRABLE") => vec![
                    concurrently(&define::index(table, &define::index_of(unique))),
                    adopted(table, name, rest),
                ],
                (_, Some(source)) => vec![format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} {}",
                    path(table),
                    quoted(name),
                    source.definition
                )],
                (_, None) => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn adopted(table: &str, name: &str, rest: &str) -> String {
    let name = quoted(name);
    format!("ALTER TABLE {} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{rest}", path(table))
}

fn dropped(table: &str, part: &Part, before: Option<&Entry>) -> Option<String> {
    let name = part.name()?;
    Some(if before.is_some_and(|entry| entry.constraints.contains_key(name)) {
        format!("ALTER TABLE {} DROP CONSTRAINT {}", path(table), quoted(name))
    } else {
        format!("DROP INDEX CONCURRENTLY {}", beside(table, name))
    })
}

/// The statement with the word where it belongs: behind the first INDEX.
fn concurrently(statement: &str) -> String {
    statement.replacen("INDEX ", "INDEX CONCURRENTLY ", 1)
}
