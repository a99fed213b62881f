//! Reads what a PostgreSQL database holds: one query, one round trip (`catalogue.sql`), put together here.

use std::collections::BTreeMap;

use schema_build::schema::{
    Action, Check, Column, ColumnType, Deferrable, EnumType, EnumValue, ForeignKey, Generated, Identity,
    Index, IndexItem, Knowledge, Options, PrimaryKey, Schema, Table, Unique,
};
use schema_runtime::dialect::Dialect;

use super::document::{Attribute, Constraint, Document, IndexRow, ItemRow, Other, Relation, Sequence, Use};
use super::name::{path, quoted};
use super::types;
use crate::database::connection::Connection;
use crate::database::scratch::Error;

/// Everything that a database holds and that is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalogue {
    /// Tables that models can describe, by name.
    pub(crate) tables: BTreeMap<String, Entry>,
    /// By name.
    pub(crate) enums: BTreeMap<String, EnumType>,
    /// Views, materialised views, foreign tables and partitions, each after those that it uses.
    pub(crate) views: Vec<View>,
    /// Sequences that no column owns.
    pub(crate) sequences: Vec<Sequence>,
    /// Functions, domains, schemas, extensions.
    pub(crate) others: Vec<Other>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What models can say of it.
    pub(crate) table: Table,
    pub(crate) relation: Relation,
    /// Beside the columns of `table`: what models cannot say of each.
    pub(crate) columns: Vec<ColumnSource>,
    /// By name: every constraint, as PostgreSQL writes it.
    pub(crate) constraints: BTreeMap<String, ConstraintSource>,
    /// By name: every index that is no constraint's, as PostgreSQL writes it.
    pub(crate) indexes: BTreeMap<String, IndexSource>,
    /// Triggers, rules, policies, statistics.
    pub(crate) attached: Vec<Other>,
}

/// What models cannot say of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnSource {
    pub(crate) name: String,
    /// What is behind a domain.
    pub(crate) base: Option<String>,
    /// Storage, compression, statistics: what ALTER COLUMN says to set it again.
    pub(crate) extra: Vec<String>,
    /// The sequence that numbers it.
    pub(crate) sequence: Option<Sequence>,
}

/// A constraint as PostgreSQL writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConstraintSource {
    /// PostgreSQL's own letter.
    pub(crate) kind: String,
    pub(crate) columns: Vec<String>,
    pub(crate) definition: String,
}

/// An index as PostgreSQL writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexSource {
    pub(crate) definition: String,
    pub(crate) is_valid: bool,
}

/// A relation that is no table of ours to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) relation: Relation,
    /// Indexes of a materialised view.
    pub(crate) indexes: Vec<String>,
    /// Triggers and rules.
    pub(crate) attached: Vec<Other>,
    /// What it is made of: relations by name, with the column where it is one.
    pub(crate) uses: Vec<(String, Option<String>)>,
}

/// The condition on schemas that are ours, as it stands in the query.
const OURS: &str = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

const QUERY: &str = include_str!("catalogue.sql");

/// Reads everything.
pub(super) fn catalogue(connection: &mut Connection) -> Result<Catalogue, Error> {
    read(connection, QUERY)
}

/// Reads what is in the session's temporary schema.
pub(super) fn temporary(connection: &mut Connection) -> Result<Catalogue, Error> {
    read(connection, &QUERY.replacen(OURS, "n.oid = pg_catalog.pg_my_temp_schema()", 1))
}

/// What of the query is another thing where one schema is looked at: which ones, that there are others, and the name of
/// the schema in what PostgreSQL always writes it in.
const HERE: [(&str, &str); 5] = [
    (OURS, "n.nspname = pg_catalog.current_schema()"),
    (
        "FROM spaces s\n    UNION ALL\n    SELECT 'extension'",
        "FROM spaces s WHERE false\n    UNION ALL\n    SELECT 'extension'",
    ),
    ("FROM pg_catalog.pg_extension e\n", "FROM pg_catalog.pg_extension e WHERE false\n"),
    (
        "pg_catalog.pg_get_functiondef(p.oid)",
        "pg_catalog.replace(pg_catalog.pg_get_functiondef(p.oid), pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '(', pg_catalog.quote_ident(p.proname) || '(')",
    ),
    (
        "pg_catalog.pg_get_statisticsobjdef(s.oid)",
        "pg_catalog.replace(pg_catalog.pg_get_statisticsobjdef(s.oid), ' ' || pg_catalog.quote_ident(pg_catalog.current_schema()) || '.', ' ')",
    ),
];

/// Reads what is in the schema that the session is in, as if its name were nothing.
pub(super) fn here(connection: &mut Connection) -> Result<Catalogue, Error> {
    let query = HERE.iter().fold(QUERY.to_owned(), |query, (whole, part)| {
        debug_assert!(query.contains(whole), "the query lost {whole}");
        query.replacen(whole, part, 1)
    });
    read(connection, &query)
}

fn read(connection: &mut Connection, query: &str) -> Result<Catalogue, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::new("read the schema of the database", error);
    let texts = connection.texts(query).map_err(|error| failed(&error))?;
    let text = texts.first().map_or("{}", String::as_str);
    let document: Document = serde_json::from_str(text).map_err(|error| failed(&error))?;
    Ok(Assembly::of(document).catalogue())
}

impl Catalogue {
    /// What models can say of it.
    pub(crate) fn schema(&self) -> Schema {
        let view = |view: &View| (view.relation.name.clone(), view.statement().unwrap_or_default());
        Schema {
            dialect: Dialect::Postgres,
            tables: self.tables.iter().map(|(name, entry)| (name.clone(), entry.table.clone())).collect(),
            enums: self.enums.clone(),
            views: self.views.iter().map(view).collect(),
        }
    }
}

impl View {
    /// The statement that makes it; `None` for what is no view.
    pub(crate) fn statement(&self) -> Option<String> {
        let definition = self.relation.definition.as_ref()?.trim().trim_end_matches(';');
        let kind = if self.relation.kind == "m" { "MATERIALIZED VIEW" } else { "VIEW" };
        let options = match &self.relation.options {
            Some(options) if !options.is_empty() => format!(" WITH ({options})"),
            _ => String::new(),
        };
        Some(format!("CREATE {kind} {}{options} AS\n {definition}", path(&self.relation.name)))
    }
}

impl Other {
    /// The statement that makes it again, where it belongs to a relation.
    pub(crate) fn statements(&self, table: &str) -> Vec<String> {
        let mut statements = vec![self.definition.trim_end_matches(';').to_owned()];
        let way = match self.extra.as_str() {
            "D" => Some("DISABLE"),
            "A" => Some("ENABLE ALWAYS"),
            "R" => Some("ENABLE REPLICA"),
            _ => None,
        };
        if let Some(way) = way {
            statements.push(format!("ALTER TABLE {} {way} TRIGGER {}", path(table), quoted(&self.name)));
        }
        statements
    }

    pub(super) fn key(&self) -> (&str, &str) {
        (&self.kind, &self.name)
    }
}

/// The rows of the document, by the relation that they belong to.
struct Assembly {
    names: BTreeMap<i64, String>,
    columns: BTreeMap<i64, Vec<Attribute>>,
    constraints: BTreeMap<i64, Vec<Constraint>>,
    indexes: BTreeMap<i64, Vec<IndexRow>>,
    numbering: BTreeMap<(i64, i16), Sequence>,
    attached: BTreeMap<i64, Vec<Other>>,
    uses: BTreeMap<i64, Vec<Use>>,
    relations: Vec<Relation>,
    catalogue: Catalogue,
}

fn grouped<T>(rows: Option<Vec<T>>, key: impl Fn(&T) -> i64) -> BTreeMap<i64, Vec<T>> {
    let mut groups: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for row in rows.unwrap_or_default() {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

impl Assembly {
    fn of(document: Document) -> Self {
        let relations = document.relations.unwrap_or_default();
        let (owned, free): (Vec<Sequence>, Vec<Sequence>) =
            document.sequences.unwrap_or_default().into_iter().partition(|sequence| sequence.table.is_some());
        let (attached, others): (Vec<Other>, Vec<Other>) =
            document.others.unwrap_or_default().into_iter().partition(|other| other.table.is_some());
        let place =
            |sequence: &Sequence| (sequence.table.unwrap_or_default(), sequence.column.unwrap_or_default());
        Self {
            names: relations.iter().map(|relation| (relation.oid, relation.name.clone())).collect(),
            columns: grouped(document.columns, |row| row.table),
            constraints: grouped(document.constraints, |row| row.table),
            indexes: grouped(document.indexes, |row| row.table),
            numbering: owned.into_iter().map(|sequence| (place(&sequence), sequence)).collect(),
            attached: grouped(Some(attached), |row| row.table.unwrap_or_default()),
            uses: grouped(document.uses, |row| row.view),
            relations,
            catalogue: Catalogue {
                enums: document
                    .enums
                    .unwrap_or_default()
                    .into_iter()
                    .map(|row| enum_type(row.name, row.values))
                    .collect(),
                sequences: free,
                others,
                ..Catalogue::default()
            },
        }
    }

    fn catalogue(mut self) -> Catalogue {
        // Nobody could tell `a.b` in the default schema from `b` in the schema `a`.
        let is_table = |relation: &Relation| {
            matches!(relation.kind.as_str(), "r" | "p")
                && !relation.is_partition
                && relation.name.matches('.').count() < 2
        };
        let (tables, views): (Vec<Relation>, Vec<Relation>) =
            std::mem::take(&mut self.relations).into_iter().partition(is_table);
        for relation in tables {
            let entry = self.entry(relation);
            self.catalogue.tables.insert(entry.relation.name.clone(), entry);
        }
        self.catalogue.views = views.into_iter().map(|relation| self.view(relation)).collect();
        self.catalogue.views = in_order(std::mem::take(&mut self.catalogue.views));
        self.catalogue
    }

    fn view(&mut self, relation: Relation) -> View {
        let oid = relation.oid;
        let uses = self.uses.remove(&oid).unwrap_or_default();
        let uses = uses.iter().filter_map(|used| {
            let name = self.names.get(&used.relation)?.clone();
            Some((name, self.column_name(used.relation, used.column)))
        });
        let uses = uses.collect();
        let indexes = self.indexes.remove(&oid).unwrap_or_default();
        View {
            indexes: indexes.into_iter().map(|index| index.definition).collect(),
            attached: self.attached.remove(&oid).unwrap_or_default(),
            uses,
            relation,
        }
    }

    fn column_name(&self, table: i64, number: i16) -> Option<String> {
        let columns = self.columns.get(&table)?;
        columns.iter().find(|column| column.number == number).map(|column| column.name.clone())
    }

    fn column_names(&self, table: i64, numbers: Option<&Vec<i16>>) -> Vec<String> {
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|&number| self.column_name(table, number)).collect()
    }

    fn entry(&mut self, relation: Relation) -> Entry {
        let oid = relation.oid;
        let attributes = self.columns.get(&oid).cloned().unwrap_or_default();
        let constraints = self.constraints.remove(&oid).unwrap_or_default();
        let indexes = self.indexes.remove(&oid).unwrap_or_default();
        let sources: Vec<ColumnSource> = attributes.iter().map(|attribute| self.source(attribute)).collect();
        let columns = attributes.iter().zip(&sources).map(|(attribute, source)| column(attribute, source));
        let mut table = empty(relation.comment.clone(), columns.collect());
        for constraint in &constraints {
            self.constraint(&mut table, constraint);
        }
        for row in &indexes {
            let index = self.index(row);
            match plain_unique(&index) {
                Some(unique) => table.uniques.push(unique),
                None => table.indexes.push(index),
            }
        }
        let named = |constraint: Constraint| {
            let columns = self.column_names(oid, constraint.columns.as_ref());
            let (kind, definition) = (constraint.kind, constraint.definition);
            (constraint.name, ConstraintSource { kind, columns, definition })
        };
        Entry {
            constraints: constraints.into_iter().map(named).collect(),
            indexes: indexes
                .into_iter()
                .map(|row| (row.name, IndexSource { definition: row.definition, is_valid: row.is_valid }))
                .collect(),
            attached: self.attached.remove(&oid).unwrap_or_default(),
            columns: sources,
            table,
            relation,
        }
    }

    fn source(&mut self, attribute: &Attribute) -> ColumnSource {
        ColumnSource {
            name: attribute.name.clone(),
            base: attribute.base.clone(),
            extra: attribute.extra.clone(),
            sequence: self.numbering.remove(&(attribute.table, attribute.number)),
        }
    }

    fn constraint(&self, table: &mut Table, row: &Constraint) {
        let name = Some(row.name.clone());
        let columns = self.column_names(row.table, row.columns.as_ref());
        match row.kind.as_str() {
            "p" => table.primary_key = Some(PrimaryKey { name, columns }),
            "u" => table.uniques.push(Unique { name, columns, was: None, is_constraint: true }),
            "c" => {
                let expression = row.expression.clone().unwrap_or_default();
                table.checks.push(Check { name, expression });
            }
            "f" => table.foreign_keys.push(ForeignKey {
                name,
                columns,
                table: self.names.get(&row.target).cloned().unwrap_or_default(),
                references: self.column_names(row.target, row.references.as_ref()),
                on_delete: action(&row.on_delete),
                on_update: action(&row.on_update),
                deferrable: deferrable(row),
            }),
            _ => {}
        }
    }

    fn index(&self, row: &IndexRow) -> Index {
        let (keys, include) = row.items.split_at(row.keys.min(row.items.len()));
        let item = |item: &ItemRow| self.item(row, item);
        let included = |item: &ItemRow| self.column_name(row.table, item.column);
        Index {
            name: Some(row.name.clone()),
            items: keys.iter().map(item).collect(),
            is_unique: row.is_unique,
            condition: row.condition.clone(),
            method: Some(row.method.clone()).filter(|method| method != "btree"),
            include: include.iter().filter_map(included).collect(),
            was: None,
        }
    }

    fn item(&self, row: &IndexRow, item: &ItemRow) -> IndexItem {
        let option = item.option.unwrap_or_default();
        let (is_descending, is_first) = (option & 1 != 0, option & 2 != 0);
        // NULLs are larger than everything else.
        let has_usual_nulls = is_descending == is_first;
        if let Some(name) =
            self.column_name(row.table, item.column).filter(|_| item.class.is_none() && has_usual_nulls)
        {
            return IndexItem::Column { name, is_descending, collation: item.collation.clone() };
        }
        let mut sql = item.sql.clone();
        if let Some(collation) = &item.collation {
            sql += &format!(" COLLATE {}", quoted(collation));
        }
        if let Some(class) = &item.class {
            sql += &format!(" {}", quoted(class));
        }
        if is_descending {
            sql += " DESC";
        }
        if !has_usual_nulls {
            sql += if is_first { " NULLS FIRST" } else { " NULLS LAST" };
        }
        IndexItem::Sql(sql)
    }
}

fn enum_type(name: String, values: Option<Vec<String>>) -> (String, EnumType) {
    let values = values.unwrap_or_default().into_iter().map(EnumValue::named).collect();
    (name.clone(), EnumType { name, values, was: None })
}

fn empty(comment: Option<String>, columns: Vec<Column>) -> Table {
    Table {
        columns,
        primary_key: None,
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        comment,
        options: Options::default(),
        knowledge: Knowledge::Whole,
        was: None,
        place: None,
    }
}

fn column(attribute: &Attribute, source: &ColumnSource) -> Column {
    let mut ty = types::canonical(&attribute.ty);
    let mut default = attribute.default.clone();
    let is_numbered = source.sequence.as_ref().is_some_and(|sequence| sequence.is_identity != Some(true));
    let is_next = default.as_ref().is_some_and(|default| default.starts_with("nextval("));
    if let Some(serial) = types::serial_of(&ty).filter(|_| is_numbered && is_next) {
        serial.clone_into(&mut ty);
        default = None;
    }
    let generated = attribute.generated.clone();
    Column {
        name: attribute.name.clone(),
        ty: ColumnType::Sql(ty),
        is_nullable: attribute.is_nullable,
        default,
        generated: generated.map(|expression| Generated { expression, is_stored: attribute.is_stored }),
        identity: match attribute.identity.as_str() {
            "a" => Some(Identity::Always),
            "d" => Some(Identity::ByDefault),
            _ => None,
        },
        collation: attribute.collation.clone(),
        comment: attribute.comment.clone(),
        values: None,
        backfill: None,
        was: None,
        place: None,
    }
}

fn action(letter: &str) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn deferrable(row: &Constraint) -> Deferrable {
    match (row.is_deferrable, row.is_deferred) {
        (false, _) => Deferrable::Not,
        (true, false) => Deferrable::Immediate,
        (true, true) => Deferrable::Deferred,
    }
}

/// A unique index over columns and nothing else is a unique key.
pub(super) fn plain_unique(index: &Index) -> Option<Unique> {
    let is_plain =
        index.is_unique && index.condition.is_none() && index.include.is_empty() && index.method.is_none();
    let columns: Option<Vec<String>> = index
        .items
        .iter()
        .map(|item| match item {
            IndexItem::Column { name, is_descending: false, collation: None } => Some(name.clone()),
            IndexItem::Column { .. } | IndexItem::Sql(_) => None,
        })
        .collect();
    let columns = columns.filter(|_| is_plain)?;
    Some(Unique { name: index.name.clone(), columns, was: index.was.clone(), is_constraint: false })
}

/// Views after those that they use.
fn in_order(views: Vec<View>) -> Vec<View> {
    let mut open = views;
    let mut done: Vec<View> = Vec::new();
    while !open.is_empty() {
        let names: Vec<String> = open.iter().map(|view| view.relation.name.clone()).collect();
        let is_ready = |view: &View| {
            !view.uses.iter().any(|(name, _)| names.contains(name) && *name != view.relation.name)
        };
        let (ready, waiting): (Vec<View>, Vec<View>) = open.into_iter().partition(is_ready);
        if ready.is_empty() {
            // Views cannot use each other in a circle; should they ever, their order is as good as any.
            done.extend(waiting);
            break;
        }
        done.extend(ready);
        open = waiting;
    }
    done
}
