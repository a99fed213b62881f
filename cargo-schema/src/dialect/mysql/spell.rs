//! How the server spells what people wrote: an empty table is made of their words and read back.

use schema_build::schema::{Knowledge, Schema, Table};

use super::catalogue::{Catalogue, Entry};
use super::name::{canonical, is_same, quoted, string};
use super::scratch::Scratch;
use super::{define, edit};
use crate::database::scratch::Error;
use crate::dialect::spelling::{self, Spelling};

/// Respells the tables whose words are not the server's already.
pub(super) fn spell(
    database: &mut Scratch,
    desired: &mut Schema,
    current: &Schema,
) -> Result<Spelling, Error> {
    let mut spelling = Spelling::default();
    let mut probes: Vec<(String, String)> = Vec::new();
    for (name, table) in desired.tables.iter_mut().filter(|(_, table)| table.knowledge == Knowledge::Whole) {
        let Some((_, there)) = current.tables.iter().find(|(other, _)| is_counterpart(other, name, table))
        else {
            continue;
        };
        own_collations(database, name, table, there)?;
        if is_spelled(table, there) {
            continue;
        }
        let probe = format!("__schema_probe_{}", probes.len());
        // What cannot be made will be refused with better words when it is really made.
        if database.run(&define::table(&entry(&probe, table), &[])).is_ok() {
            probes.push((probe, name.clone()));
        }
    }
    if probes.is_empty() {
        return Ok(spelling);
    }
    let catalogue = database.catalogue()?;
    for (probe, name) in &probes {
        if let (Some(table), Some(said)) = (desired.tables.get_mut(name), catalogue.table(probe)) {
            respell(&mut spelling, table, said, &catalogue);
        }
    }
    let names: Vec<String> = probes.iter().map(|(probe, _)| quoted(probe)).collect();
    database.run(&format!("DROP TABLE {}", names.join(", ")))?;
    Ok(spelling)
}

fn is_counterpart(other: &str, name: &str, table: &Table) -> bool {
    is_same(other, name) || table.was.as_ref().is_some_and(|was| is_same(was, other))
}

/// Whether every expression is written as the server writes one of those that it has.
fn is_spelled(desired: &Table, current: &Table) -> bool {
    let texts = |table: &Table| {
        let mut texts = Vec::new();
        spelling::of_table(&mut table.clone(), &mut |sql: &mut String| texts.push(canonical(sql)));
        texts
    };
    let there = texts(current);
    texts(desired).iter().all(|text| is_literal(text) || there.contains(text))
}

fn is_literal(canonical: &str) -> bool {
    let is_string = canonical.starts_with('\'') && !canonical.contains("' ");
    is_string || canonical.replace(' ', "").parse::<f64>().is_ok() || canonical == "current_timestamp"
}

/// A table of these columns and checks, without anything that other tables or numbers would be needed for.
fn entry(probe: &str, table: &Table) -> Entry {
    let mut table = table.clone();
    table.primary_key = None;
    table.uniques.clear();
    table.foreign_keys.clear();
    table.indexes.clear();
    table.columns.iter_mut().for_each(|column| column.identity = None);
    for (place, check) in table.checks.iter_mut().enumerate() {
        check.name = Some(format!("{probe}_{place}"));
    }
    edit::created(probe, &table)
}

fn respell(spelling: &mut Spelling, table: &mut Table, said: &Entry, catalogue: &Catalogue) {
    let schema = said.table(catalogue.server);
    for (column, said) in table.columns.iter_mut().zip(&schema.columns) {
        if let (Some(default), Some(said)) = (&mut column.default, &said.default) {
            spelling.respell(default, said.clone());
        }
        if let (Some(generated), Some(said)) = (&mut column.generated, &said.generated) {
            spelling.respell(&mut generated.expression, said.expression.clone());
        }
    }
    for (place, check) in table.checks.iter_mut().enumerate() {
        let name = format!("{}_{place}", said.name);
        if let Some(said) = said.checks.iter().find(|check| is_same(&check.name, &name)) {
            spelling.respell(&mut check.expression, said.expression.clone());
        }
    }
}

/// A collation that the table has anyway says nothing.
fn own_collations(database: &mut Scratch, name: &str, table: &mut Table, there: &Table) -> Result<(), Error> {
    let follows = |column: &str| {
        there.columns.iter().any(|there| is_same(&there.name, column) && there.collation.is_none())
    };
    let is_said =
        |column: &&mut schema_build::schema::Column| column.collation.is_some() && follows(&column.name);
    let mut said = table.columns.iter_mut().filter(is_said).peekable();
    if said.peek().is_none() {
        return Ok(());
    }
    let query = format!(
        "SELECT table_collation AS text FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_name = {}",
        string(name)
    );
    let own = database.texts(&query)?;
    for column in said {
        column.collation =
            column.collation.take().filter(|collation| !own.iter().any(|own| is_same(own, collation)));
    }
    Ok(())
}
