//! Reads what a SQLite database holds. One query gives every statement that SQLite keeps; all else is read from
//! their texts, because pragmas know neither checks nor collations nor half of the rest.

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use schema_build::schema::{
    Check, Column, ColumnType, ForeignKey, Identity, Index, IndexItem, Knowledge, Options, PrimaryKey,
    Schema, Table, Unique,
};
use schema_runtime::dialect::Dialect;

use super::cursor::Cursor;
use super::name;
use super::picture::Row;
use super::source::{Clause, ClauseKind, ColumnSource, TableSource};
use crate::database::scratch::Error;

/// Everything that a database holds and that is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalogue {
    /// By their names as SQLite compares them.
    pub(crate) tables: BTreeMap<String, Entry>,
    /// By name, with the statement.
    pub(crate) views: BTreeMap<String, String>,
    /// In the order in which they were made.
    pub(crate) triggers: Vec<Trigger>,
    /// The statements of virtual tables. No model describes those, and triggers feed them.
    pub(crate) virtuals: Vec<String>,
    /// The names of virtual tables and of the tables that SQLite keeps behind them.
    pub(crate) shadows: Vec<String>,
}

/// A table and its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) source: TableSource,
    pub(crate) indexes: Vec<IndexSource>,
}

/// An index that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexSource {
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) index: Index,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) name: String,
    /// The table or view that it watches.
    pub(crate) table: String,
    pub(crate) sql: String,
}

#[derive(QueryableByName)]
struct Object {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Tables of Diesel's and of ours.
const LEDGERS: [&str; 2] = ["__diesel_schema_migrations", "__schema_ledger"];

/// Reads everything.
pub(crate) fn catalogue(database: &mut SqliteConnection) -> Result<Catalogue, Error> {
    let failed = |error| Error::new("read the schema of the scratch database", error);
    let objects: Vec<Object> = sql_query(
        "SELECT type AS kind, name, tbl_name AS \"table\", sql FROM sqlite_master \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
    )
    .load(database)
    .map_err(failed)?;
    let mut shadows = Vec::new();
    if objects.iter().any(is_virtual) {
        let query = "SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow') ORDER BY name";
        let names: Vec<Name> = sql_query(query).load(database).map_err(failed)?;
        shadows.extend(names.into_iter().map(|row| row.name));
    }
    Ok(collect(objects, shadows))
}

/// What these rows of `sqlite_master` say, virtual tables aside.
pub(super) fn of_rows(rows: &[Row<'_>]) -> Catalogue {
    let mut objects: Vec<Object> = rows
        .iter()
        .map(|row| Object {
            kind: row.kind.to_owned(),
            name: row.name.to_owned(),
            table: row.table.to_owned(),
            sql: row.sql.to_owned(),
        })
        .collect();
    // An index is put where its table is.
    objects.sort_by_key(|object| object.kind != "table");
    collect(objects, Vec::new())
}

fn is_virtual(object: &Object) -> bool {
    object.kind == "table" && Cursor::new(&object.sql).sees(&["create", "virtual"])
}

fn collect(objects: Vec<Object>, shadows: Vec<String>) -> Catalogue {
    let virtuals =
        objects.iter().filter(|object| is_virtual(object)).map(|object| object.sql.clone()).collect();
    let mut catalogue = Catalogue { virtuals, ..Catalogue::default() };
    let is_hidden = |table: &str| {
        let mut hidden = LEDGERS.into_iter().chain(shadows.iter().map(String::as_str));
        hidden.any(|hidden| name::is_same(hidden, table))
    };
    for object in objects.into_iter().filter(|object| !is_hidden(&object.table)) {
        match object.kind.as_str() {
            "table" => {
                if let Some(source) = TableSource::parse(&object.sql) {
                    let entry = Entry { source, indexes: Vec::new() };
                    catalogue.tables.insert(name::fold(&object.name), entry);
                }
            }
            "index" => {
                if let Some(entry) = catalogue.tables.get_mut(&name::fold(&object.table)) {
                    let index = index(&object.name, &object.sql, &entry.source);
                    entry.indexes.push(IndexSource { name: object.name, sql: object.sql, index });
                }
            }
            "view" => {
                catalogue.views.insert(object.name, object.sql);
            }
            _ => catalogue.triggers.push(Trigger { name: object.name, table: object.table, sql: object.sql }),
        }
    }
    catalogue.shadows = shadows;
    catalogue
}

impl Catalogue {
    /// The table of that name.
    pub(crate) fn table(&self, name: &str) -> Option<&Entry> {
        self.tables.get(&name::fold(name))
    }

    /// The triggers on one table.
    pub(crate) fn triggers_of(&self, table: &str) -> impl Iterator<Item = &Trigger> {
        let table = table.to_owned();
        self.triggers.iter().filter(move |trigger| name::is_same(&trigger.table, &table))
    }

    /// What models can say of it.
    pub(crate) fn schema(&self) -> Schema {
        let tables = self.tables.values().map(|entry| (entry.source.name.clone(), table_of(entry))).collect();
        // Diesel's print-schema writes blocks for all of them, and none is a table that we change.
        let shadows = self.shadows.iter().map(|name| (name.clone(), String::new()));
        let views = self.views.clone().into_iter().chain(shadows).collect();
        Schema { dialect: Dialect::Sqlite, tables, enums: BTreeMap::new(), views }
    }
}

/// `CREATE UNIQUE INDEX name ON table (a, b COLLATE NOCASE DESC, lower(c)) WHERE ..`
pub(crate) fn index(name: &str, sql: &str, table: &TableSource) -> Index {
    let mut cursor = Cursor::new(sql);
    cursor.take(&["create"]);
    let is_unique = cursor.take(&["unique"]);
    while !cursor.is_done() && cursor.peek(0) != "(" {
        cursor.next();
    }
    let items = cursor.items().iter_mut().map(|item| index_item(item, table)).collect();
    let condition = cursor.take(&["where"]).then(|| {
        let start = cursor.start();
        while !cursor.is_done() {
            cursor.next();
        }
        cursor.text(start).to_owned()
    });
    Index {
        name: Some(name.to_owned()),
        items,
        is_unique,
        condition,
        method: None,
        include: Vec::new(),
        was: None,
    }
}

fn index_item(cursor: &mut Cursor<'_>, table: &TableSource) -> IndexItem {
    let start = cursor.start();
    let name = cursor.name();
    let collation = cursor.take(&["collate"]).then(|| cursor.name());
    let is_descending = cursor.take(&["desc"]);
    cursor.take(&["asc"]);
    let column = table.column(&name);
    if !cursor.is_done() || column.is_none() && name::fold(&name) != "rowid" {
        while !cursor.is_done() {
            cursor.next();
        }
        return IndexItem::Sql(cursor.text(start).to_owned());
    }
    let own = column.and_then(ColumnSource::collation).unwrap_or("binary").to_owned();
    IndexItem::Column {
        name: column.map_or(name, |column| column.name.clone()),
        is_descending,
        collation: collation.filter(|collation| !name::is_same(collation, &own)),
    }
}

/// An item that a model says as SQL, as the column that it may be.
pub(crate) fn item_from_sql(sql: &str, columns: &[Column]) -> IndexItem {
    let mut cursor = Cursor::new(sql);
    let name = cursor.name();
    let collation = cursor.take(&["collate"]).then(|| cursor.name());
    let is_descending = cursor.take(&["desc"]);
    cursor.take(&["asc"]);
    match columns.iter().find(|column| name::is_same(&column.name, &name)).filter(|_| cursor.is_done()) {
        Some(column) => {
            let own = column.collation.as_deref().unwrap_or("binary").to_owned();
            let collation = collation.filter(|collation| !name::is_same(collation, &own));
            IndexItem::Column { name: column.name.clone(), is_descending, collation }
        }
        None => IndexItem::Sql(sql.to_owned()),
    }
}

/// What models can say of a table.
pub(crate) fn table_of(entry: &Entry) -> Table {
    let source = &entry.source;
    let key = source.key();
    let mut table = Table {
        columns: source.columns.iter().map(|written| column(written, source)).collect(),
        primary_key: (!key.is_empty()).then_some(PrimaryKey { name: None, columns: key }),
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        comment: None,
        options: Options {
            is_strict: source.is_strict,
            is_without_rowid: source.is_without_rowid,
            ..Options::default()
        },
        knowledge: Knowledge::Whole,
        was: None,
        place: None,
    };
    for column in &source.columns {
        column.clauses.iter().for_each(|clause| constraint(&mut table, clause, Some(&column.name)));
    }
    source.constraints.iter().for_each(|clause| constraint(&mut table, clause, None));
    for IndexSource { index, .. } in &entry.indexes {
        match plain_unique(index) {
            Some(unique) => table.uniques.push(unique),
            None => table.indexes.push(index.clone()),
        }
    }
    table
}

/// Double quotes around a default make it a string, as no name can stand there.
fn default(written: &str) -> String {
    if written.starts_with('"') { name::string(&name::unquoted(written)) } else { written.to_owned() }
}

fn column(written: &ColumnSource, source: &TableSource) -> Column {
    let is_key = source.key().iter().any(|key| name::is_same(key, &written.name));
    let is_numbered = is_key && source.is_autoincrement();
    Column {
        name: written.name.clone(),
        ty: ColumnType::Sql(written.ty.clone()),
        is_nullable: !is_key && !written.is_not_null(),
        default: written.default().map(default),
        generated: written.generated().cloned(),
        identity: is_numbered.then_some(Identity::ByDefault),
        collation: written.collation().map(str::to_owned),
        comment: None,
        values: None,
        backfill: None,
        was: None,
        place: None,
    }
}

fn constraint(table: &mut Table, clause: &Clause, own: Option<&String>) {
    let columns = |columns: &[String]| own.map_or_else(|| columns.to_vec(), |own| vec![own.clone()]);
    match &clause.kind {
        ClauseKind::Unique { columns: of, is_plain: true } => table.uniques.push(Unique {
            name: clause.name.clone(),
            columns: columns(of),
            was: None,
            is_constraint: true,
        }),
        ClauseKind::Check(expression) => {
            table.checks.push(Check { name: clause.name.clone(), expression: expression.clone() });
        }
        ClauseKind::ForeignKey(key) => table.foreign_keys.push(ForeignKey {
            name: clause.name.clone(),
            columns: columns(&key.columns),
            ..key.clone()
        }),
        ClauseKind::PrimaryKey { .. } => {
            if let Some(key) = &mut table.primary_key {
                key.name.clone_from(&clause.name);
            }
        }
        ClauseKind::Unique { .. }
        | ClauseKind::NotNull
        | ClauseKind::Default(_)
        | ClauseKind::Collate(_)
        | ClauseKind::Generated(_)
        | ClauseKind::Other => {}
    }
}

/// The unique key that a unique index over columns is.
pub(crate) fn plain_unique(index: &Index) -> Option<Unique> {
    let columns: Option<Vec<String>> = index
        .items
        .iter()
        .map(|item| match item {
            IndexItem::Column { name, is_descending: false, collation: None } => Some(name.clone()),
            IndexItem::Column { .. } | IndexItem::Sql(_) => None,
        })
        .collect();
    let columns = columns.filter(|_| index.is_unique && index.condition.is_none())?;
    Some(Unique { name: index.name.clone(), columns, was: index.was.clone(), is_constraint: false })
}
