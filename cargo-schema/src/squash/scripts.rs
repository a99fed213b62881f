//! The scripts of a squashed revision: what the schema says where that is all that the old ones did, else the old ones
//! one after the other. Proven on scratch databases: the same schema, the same rows, and the same way back.

use schema_build::statement;
use schema_runtime::history::{History, Node};
use schema_runtime::revision::{Mode, Revision, Script};

use super::span::Span;
use crate::comparison::{self, Wishes};
use crate::database::replay::replay;
use crate::database::scratch::{self, Site, unusable};
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::migration;
use crate::generate::prove::unequal;

/// What the squashed revision runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Squashed {
    pub(crate) up: String,
    /// `None`: one of the old ones had no way back.
    pub(crate) down: Option<String>,
    /// SQLite's foreign keys must be off before the transaction begins.
    pub(crate) foreign_keys_off: bool,
    /// Made from the schema, not from the old scripts.
    pub(crate) is_rewritten: bool,
}

/// What the old revisions do.
struct Goal<'a, D: Dialect> {
    dialect: &'a D,
    site: Site<'a>,
    history: &'a History,
    parents: &'a [Node],
    before: D::Catalogue,
    after: D::Catalogue,
    /// The rows of every table, once they all ran.
    rows: Vec<Vec<String>>,
}

/// Writes the scripts, and proves them.
pub(crate) fn write<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    history: &History,
    span: &Span,
) -> Result<Squashed, Failure> {
    let goal = Goal::of(dialect, site, history, span)?;
    let old: Vec<&Revision> = span.nodes.iter().map(|&node| history.revision(node)).collect();
    let down = way_back(&old);
    if let Some((up, foreign_keys_off)) = goal.by_schema(&old)? {
        let foreign_keys_off =
            foreign_keys_off || down.as_ref().is_some_and(|_| needs_foreign_keys_off(&old));
        let squashed = Squashed { up, down: down.clone(), foreign_keys_off, is_rewritten: true };
        if goal.disproof(&squashed)?.is_empty() {
            return Ok(squashed);
        }
    }
    let up = joined(old.iter().map(|revision| (revision.title(), &revision.up)));
    let squashed = Squashed { up, down, foreign_keys_off: needs_foreign_keys_off(&old), is_rewritten: false };
    let lines = goal.disproof(&squashed)?;
    if lines.is_empty() {
        return Ok(squashed);
    }
    let failure = Failure::new(Exit::No, "unproven", "one revision would not do what these do");
    Err(lines.iter().fold(failure, Failure::note).note("nothing was changed"))
}

fn needs_foreign_keys_off(old: &[&Revision]) -> bool {
    let scripts = old.iter().flat_map(|revision| std::iter::once(&revision.up).chain(&revision.down));
    scripts.into_iter().any(|script| script.mode == Mode::ForeignKeysOff)
}

fn way_back(old: &[&Revision]) -> Option<String> {
    if !old.iter().all(|revision| revision.is_revertible()) {
        return None;
    }
    let scripts = old.iter().rev().filter_map(|revision| Some((revision.title(), revision.down.as_ref()?)));
    Some(joined(scripts))
}

/// Scripts one after the other, each under its revision's name.
fn joined<'r>(scripts: impl Iterator<Item = (String, &'r Script)>) -> String {
    let parts = scripts.filter(|(_, script)| !script.is_empty()).map(|(title, script)| {
        let text = script.text.trim_end();
        let end = if text.ends_with(';') { "" } else { "\n;" };
        format!("-- {title}\n{text}{end}\n")
    });
    parts.collect::<Vec<_>>().join("\n")
}

impl<'a, D: Dialect> Goal<'a, D> {
    fn of(dialect: &'a D, site: Site<'a>, history: &'a History, span: &'a Span) -> Result<Self, Failure> {
        let mut database = replay(dialect, site, history, &span.parents)?;
        let before = dialect.introspect(&mut database).map_err(unusable)?;
        let mut database = replay(dialect, site, history, &[span.last()])?;
        let after = dialect.introspect(&mut database).map_err(unusable)?;
        let rows = rows(dialect, &mut database, &after).map_err(unusable)?;
        Ok(Self { dialect, site, history, parents: &span.parents, before, after, rows })
    }

    /// What leads from one schema to the other, where that is all that happens.
    fn by_schema(&self, old: &[&Revision]) -> Result<Option<(String, bool)>, Failure> {
        let is_empty = self.rows.iter().all(Vec::is_empty);
        let script = match self.parents.is_empty() && is_empty {
            true => comparison::definition(self.dialect, self.site, &self.after)?,
            false if old.iter().all(|revision| is_about_schema(&revision.up, self.dialect)) => {
                let Some(script) = self.difference()? else { return Ok(None) };
                script
            }
            false => return Ok(None),
        };
        Ok(Some((script.text(), script.needs_foreign_keys_off)))
    }

    fn difference(&self) -> Result<Option<crate::dialect::script::Script>, Failure> {
        let between = comparison::catalogues(self.dialect, &self.before, &self.after, &Wishes::default())?;
        let mut database = replay(self.dialect, self.site, self.history, self.parents)?;
        let current = self.dialect.schema(&self.before);
        // What cannot be written so is written the other way.
        let written = migration::write(self.dialect, &mut database, between.operations, &current);
        Ok(written.ok().filter(|_| between.renames.is_empty()).map(|migration| migration.up))
    }

    /// What differs from what the old revisions do; nothing, when it is proven.
    fn disproof(&self, squashed: &Squashed) -> Result<Vec<String>, Failure> {
        let mut database = replay(self.dialect, self.site, self.history, self.parents)?;
        Ok(self.run(&mut database, squashed).unwrap_or_else(|error| vec![error.to_string()]))
    }

    fn run(&self, database: &mut D::Database, squashed: &Squashed) -> Result<Vec<String>, scratch::Error> {
        let dialect = self.dialect;
        dialect.run(database, &squashed.up, squashed.foreign_keys_off)?;
        let there = dialect.introspect(database)?;
        let mut lines = unequal(&dialect.lines(&self.after), &dialect.lines(&there));
        if lines.is_empty() && rows(dialect, database, &self.after)? != self.rows {
            lines.push("the rows are not the same".to_owned());
        }
        if let (true, Some(down)) = (lines.is_empty(), &squashed.down) {
            dialect.run(database, down, squashed.foreign_keys_off)?;
            let back = dialect.introspect(database)?;
            lines = unequal(&dialect.lines(&self.before), &dialect.lines(&back));
        }
        Ok(lines)
    }
}

/// The rows of all tables.
fn rows<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    catalogue: &D::Catalogue,
) -> Result<Vec<Vec<String>>, scratch::Error> {
    let schema = dialect.schema(catalogue);
    let tables: Vec<(String, Vec<String>)> = schema
        .tables
        .iter()
        .map(|(name, table)| (name.clone(), table.columns.iter().map(|column| column.name.clone()).collect()))
        .collect();
    dialect.rows(database, &tables)
}

/// Whether every statement makes, changes or drops something, and none touches rows.
fn is_about_schema<D: Dialect>(script: &Script, dialect: &D) -> bool {
    script.statements.iter().all(|statement| {
        let sql = script.sql(statement);
        let mut words = statement::tokens(sql, dialect.engine())
            .filter(|token| token.kind == statement::Kind::Word)
            .map(|token| sql[token.range()].to_ascii_lowercase());
        let first = words.next().unwrap_or_default();
        let is_definition = ["create", "alter", "drop", "comment"].contains(&first.as_str());
        // `CREATE TABLE copy AS SELECT ..` fills it.
        is_definition
            && !(first == "create"
                && words.next().as_deref() == Some("table")
                && words.any(|word| word == "select"))
    })
}
