//! Everything that a MySQL database says of itself, and what models can say of that. Pure.

use std::collections::BTreeMap;

use schema_build::schema::{
    Check, Column, ColumnType, EnumType, EnumValue, ForeignKey, Generated, Identity, Index, IndexItem,
    Knowledge, Options, PrimaryKey, Schema, Table, Unique,
};
use schema_runtime::dialect::Dialect;

use super::name::{fold, is_same, quoted};
use super::server::Server;
use super::types::SqlType;

/// Everything that a database holds and that is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalogue {
    pub(crate) server: Server,
    /// By their folded names.
    pub(crate) tables: BTreeMap<String, Entry>,
    /// By name, with the query.
    pub(crate) views: BTreeMap<String, String>,
    /// By table and in the order in which they fire.
    pub(crate) triggers: Vec<Trigger>,
    /// Procedures, functions and events: what they are called and what they do.
    pub(crate) routines: Vec<(String, String)>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) engine: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) collation: Option<String>,
    /// `row_format=DYNAMIC`, `partitioned`.
    pub(crate) options: String,
    pub(crate) comment: String,
    pub(crate) columns: Vec<ColumnEntry>,
    pub(crate) keys: Vec<KeyEntry>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Those of the table; those of one column stand there.
    pub(crate) checks: Vec<CheckEntry>,
    pub(crate) partitions: Vec<String>,
    /// The whole statement, where it was asked for.
    pub(crate) source: Option<String>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnEntry {
    pub(crate) name: String,
    pub(crate) ty: String,
    /// `None`: the table's, or the type has none.
    pub(crate) collation: Option<String>,
    pub(crate) is_nullable: bool,
    pub(crate) default: Option<String>,
    pub(crate) on_update: Option<String>,
    pub(crate) generated: Option<Generated>,
    pub(crate) is_numbered: bool,
    pub(crate) is_invisible: bool,
    pub(crate) comment: String,
    /// MariaDB: a check that is part of the column.
    pub(crate) check: Option<String>,
    /// What the server says besides and we do not know.
    pub(crate) strange: String,
}

/// An index, the primary key included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyEntry {
    pub(crate) name: String,
    pub(crate) is_unique: bool,
    /// `BTREE`, `FULLTEXT`, `SPATIAL`, `HASH`.
    pub(crate) method: String,
    pub(crate) items: Vec<KeyItem>,
    pub(crate) comment: String,
    pub(crate) is_hidden: bool,
}

/// One item of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyItem {
    /// A column, or an expression in brackets.
    pub(crate) column: Option<String>,
    pub(crate) expression: Option<String>,
    pub(crate) prefix: Option<u32>,
    pub(crate) is_descending: bool,
}

/// A check of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckEntry {
    /// Empty: the server finds one.
    pub(crate) name: String,
    pub(crate) expression: String,
    pub(crate) is_ignored: bool,
}

/// A trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) table: String,
    /// `BEFORE INSERT`
    pub(crate) when: String,
    pub(crate) body: String,
}

impl Trigger {
    pub(crate) fn sql(&self) -> String {
        let (name, table) = (quoted(&self.name), quoted(&self.table));
        format!("CREATE TRIGGER {name} {} ON {table} FOR EACH ROW {}", self.when, self.body)
    }
}

/// The name of every primary key.
pub(crate) const PRIMARY: &str = "PRIMARY";

impl KeyEntry {
    pub(crate) fn is_primary(&self) -> bool {
        self.name == PRIMARY
    }

    /// Its columns, where it holds nothing else than whole columns.
    pub(crate) fn columns(&self) -> Option<Vec<String>> {
        let plain =
            |item: &KeyItem| item.column.clone().filter(|_| item.prefix.is_none() && !item.is_descending);
        self.items.iter().map(plain).collect()
    }

    /// Without `BTREE`, which is the default.
    fn method(&self) -> Option<String> {
        (!self.method.eq_ignore_ascii_case("btree") && !self.method.is_empty())
            .then(|| self.method.to_lowercase())
    }
}

impl Catalogue {
    pub(crate) fn table(&self, name: &str) -> Option<&Entry> {
        self.tables.get(&fold(name))
    }

    pub(crate) fn triggers_of(&self, table: &str) -> impl Iterator<Item = &Trigger> {
        self.triggers.iter().filter(move |trigger| is_same(&trigger.table, table))
    }

    /// What models can say of it.
    pub(crate) fn schema(&self) -> Schema {
        Schema {
            dialect: Dialect::Mysql,
            tables: self
                .tables
                .values()
                .map(|entry| (entry.name.clone(), entry.table(self.server)))
                .collect(),
            enums: BTreeMap::new(),
            views: self.views.clone(),
        }
    }
}

impl Entry {
    pub(crate) fn column(&self, name: &str) -> Option<&ColumnEntry> {
        self.columns.iter().find(|column| is_same(&column.name, name))
    }

    pub(crate) fn key(&self, name: &str) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| is_same(&key.name, name))
    }

    /// What models can say of it.
    pub(crate) fn table(&self, server: Server) -> Table {
        let primary_key = self.key(PRIMARY).map(|key| PrimaryKey {
            name: None,
            columns: key.items.iter().filter_map(|item| item.column.clone()).collect(),
        });
        let others: Vec<&KeyEntry> = self.keys.iter().filter(|key| !key.is_primary()).collect();
        let own = self.columns.iter().filter_map(|column| column.check.clone());
        let own = own.map(|expression| Check { name: None, expression });
        let checks = self.checks.iter().map(|check| Check {
            name: Some(check.name.clone()).filter(|name| !name.is_empty()),
            expression: check.expression.clone(),
        });
        Table {
            columns: self.columns.iter().map(|column| column.column(self, server)).collect(),
            primary_key,
            uniques: others.iter().filter_map(|key| unique(key)).collect(),
            indexes: others.iter().filter(|key| unique(key).is_none()).map(|key| index(key)).collect(),
            checks: own.chain(checks).collect(),
            foreign_keys: self.foreign_keys.clone(),
            comment: Some(self.comment.clone()).filter(|comment| !comment.is_empty()),
            options: Options {
                engine: self.engine.clone(),
                charset: self.charset.clone(),
                ..Options::default()
            },
            knowledge: Knowledge::Whole,
            was: None,
            place: None,
        }
    }
}

/// A plain unique index is a unique key.
fn unique(key: &KeyEntry) -> Option<Unique> {
    let columns = key.columns().filter(|_| key.is_unique && key.method().is_none())?;
    Some(Unique { name: Some(key.name.clone()), columns, was: None, is_constraint: true })
}

fn index(key: &KeyEntry) -> Index {
    let item = |item: &KeyItem| match (&item.column, &item.expression, item.prefix) {
        (Some(column), _, None) => {
            IndexItem::Column { name: column.clone(), is_descending: item.is_descending, collation: None }
        }
        _ => IndexItem::Sql(item.sql()),
    };
    Index {
        name: Some(key.name.clone()),
        items: key.items.iter().map(item).collect(),
        is_unique: key.is_unique,
        condition: None,
        method: key.method(),
        include: Vec::new(),
        was: None,
    }
}

impl KeyItem {
    /// `` `name`(10) DESC ``, `(lower(`name`))`.
    pub(crate) fn sql(&self) -> String {
        let base = match (&self.column, &self.expression) {
            (Some(column), _) => quoted(column),
            (None, expression) => format!("({})", expression.as_deref().unwrap_or_default()),
        };
        let prefix = self.prefix.map_or(String::new(), |length| format!("({length})"));
        format!("{base}{prefix}{}", if self.is_descending { " DESC" } else { "" })
    }
}

impl ColumnEntry {
    fn column(&self, table: &Entry, server: Server) -> Column {
        let ty = SqlType::read(&self.ty);
        let other = |collation: &&String| Some(*collation) != table.collation.as_ref();
        let values = (ty.base == "enum").then(|| EnumType {
            name: self.name.clone(),
            values: ty.arguments.iter().map(EnumValue::named).collect(),
            was: None,
        });
        Column {
            name: self.name.clone(),
            ty: ColumnType::Sql(ty.text()),
            is_nullable: self.is_nullable,
            default: self.default.clone().filter(|_| !self.is_implicit(server)),
            generated: self.generated.clone(),
            identity: self.is_numbered.then_some(Identity::ByDefault),
            collation: self.collation.as_ref().filter(other).cloned(),
            comment: Some(self.comment.clone()).filter(|comment| !comment.is_empty()),
            values,
            backfill: None,
            was: None,
            place: None,
        }
    }

    /// A default that nobody asked for.
    fn is_implicit(&self, server: Server) -> bool {
        let is_time = SqlType::read(&self.ty).base == "timestamp" && !self.is_nullable;
        let is_zero = self.default.as_ref().is_some_and(|default| default.starts_with("'0000-00-00"));
        let is_given = match server.has_explicit_timestamps {
            // MariaDB has it so where ON UPDATE stands alone.
            true => is_zero && self.on_update.is_some(),
            false => is_zero || self.on_update.is_some(),
        };
        is_time && is_given
    }
}
