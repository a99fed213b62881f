//! What a database would hold, told from the SQL of the history alone, statement by statement: tables with columns,
//! keys, indexes and constraints, enums, domains, views. No database is asked. What cannot be told (SQL that is put
//! together when it runs) is missing, and what is missing is taken for old. `replay` follows the statements,
//! `keys` those about constraints and indexes, `views` those about views, `rows` those about rows; `column` changes what a table has, `names` knows
//! what else has a name.

mod column;
mod keys;
mod map;
mod mysql;
mod names;
mod replay;
mod rows;
mod sqlite;
mod table;
mod views;

use std::collections::BTreeMap;
use std::rc::Rc;

use map::Map;
use schema_runtime::dialect::Dialect;

pub(crate) use table::{Check, Column, Index, Key, Table};

use super::sql::act::Object;
use super::sql::part::{Name, Type};
pub(crate) use sqlite::Trigger;

/// When something came into being: the position of a revision in the running order of its history.
pub(crate) type Era = usize;

/// Everything that is known to be there. Cloning is cheap: tables are shared until they change.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    dialect: Dialect,
    tables: Map<Rc<Table>>,
    /// Tables by the key of each index of theirs.
    indexes: Map<String>,
    enums: Map<EnumType>,
    domains: Map<Domain>,
    views: Map<View>,
    /// SQLite's triggers, which may name other tables than their own.
    triggers: Map<Trigger>,
    /// What the script dropped so far, for a table that takes the name of one.
    dropped: BTreeMap<String, Rc<Table>>,
    functions: Map<Function>,
    /// What has no entry of its own, as `sequence numbers` or `policy own on notes`, with when it was made.
    others: Map<Era>,
    /// The tables whose names the script's temporary tables took.
    shadowed: BTreeMap<String, Rc<Table>>,
    /// When something last ran that nobody can read: what was there before may be gone, and there may be more.
    doubt: Option<Era>,
    /// How often anything ran that may have changed rows of any table.
    stirred: usize,
    /// Where names without a schema are looked for first; the last `SET search_path` of the script.
    search_path: Option<String>,
}

/// An enum.
#[derive(Clone, Debug)]
pub(crate) struct EnumType {
    /// When it was made.
    pub(crate) born: Era,
    /// Its values, with when each was added.
    pub(crate) values: Vec<(String, Era)>,
}

/// A function.
#[derive(Clone, Debug)]
struct Function {
    volatility: Option<String>,
    /// RETURNS TRIGGER: nobody but a trigger can call it.
    is_of_triggers: bool,
    /// What it takes, and the one type that it gives.
    signature: Option<(String, Type)>,
}

/// A domain.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    /// When it was made.
    pub(crate) born: Era,
    /// What it is made of.
    pub(crate) ty: Type,
    /// Whether it restricts its values.
    pub(crate) is_constrained: bool,
}

/// A view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// When it was made.
    pub(crate) born: Era,
    /// MATERIALIZED.
    pub(crate) is_materialized: bool,
    /// The tables and views that it names, as keys.
    pub(crate) tables: Vec<String>,
    /// The columns that it reads: the key of a table, and the column.
    pub(crate) reads: Vec<(String, String)>,
    /// What it gives, column by column, where that can be told.
    pub(crate) outputs: Option<Vec<Given>>,
    /// Of a materialized one.
    pub(crate) has_unique_index: bool,
    /// Of a materialized one: it was filled.
    pub(crate) has_rows: bool,
}

/// A column that a view gives, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Folded.
    pub(crate) name: Option<String>,
    /// Its type.
    pub(crate) ty: Option<Type>,
}

impl Catalogue {
    /// Before everything.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            tables: Map::default(),
            indexes: Map::default(),
            enums: Map::default(),
            domains: Map::default(),
            views: Map::default(),
            triggers: Map::default(),
            dropped: BTreeMap::new(),
            functions: Map::default(),
            others: Map::default(),
            shadowed: BTreeMap::new(),
            doubt: None,
            stirred: 0,
            search_path: None,
        }
    }

    /// A new script begins, in a session as the first one had it.
    pub(crate) fn begin_script(&mut self) {
        self.search_path = None;
        self.dropped.clear();
        for (key, table) in std::mem::take(&mut self.shadowed) {
            self.tables.insert(key, table);
        }
    }

    /// The key of a name: with its schema where that is not the usual one. MySQL and SQLite compare names without
    /// looking at case.
    pub(crate) fn key(&self, name: &Name) -> String {
        let schema = name.schema.as_deref().or(self.search_path.as_deref());
        let usual = match self.dialect {
            Dialect::Postgres => "public",
            Dialect::Sqlite => "main",
            Dialect::Mysql => "",
        };
        let key = match schema {
            Some(schema) if schema != usual && !self.is_temporary(schema) && !schema.is_empty() => {
                format!("{schema}.{}", name.name)
            }
            _ => name.name.clone(),
        };
        if self.dialect == Dialect::Postgres { key } else { key.to_lowercase() }
    }

    /// Whether a schema is that of the session: what is in it is found without a schema, before everything else.
    pub(super) fn is_temporary(&self, schema: &str) -> bool {
        match self.dialect {
            Dialect::Postgres => schema == "pg_temp",
            Dialect::Sqlite => schema.eq_ignore_ascii_case("temp"),
            Dialect::Mysql => false,
        }
    }

    /// Whether an object is there, as far as the history says. What tables own is not told apart.
    pub(crate) fn holds(&self, object: Object, name: &Name) -> bool {
        let key = self.key(name);
        match object {
            Object::Table => self.tables.contains_key(&key),
            Object::View | Object::MaterializedView => self.views.contains_key(&key),
            Object::Index if self.dialect == Dialect::Mysql => self.has_index_named(&name.name),
            Object::Index => self.indexes.contains_key(&key),
            Object::Function => self.functions.contains_key(&name.name) || self.holds_other(object, name),
            Object::Domain => self.domains.contains_key(&name.name),
            Object::Type => self.enums.contains_key(&name.name) || self.holds_other(object, name),
            Object::Trigger if self.dialect == Dialect::Sqlite => self.triggers.contains_key(&key),
            Object::Trigger => self.tables.values().any(|table| table.triggers.contains(&name.name)),
            Object::Sequence => key.ends_with("_seq") || self.holds_other(object, name),
            Object::Schema | Object::Event => self.holds_other(object, name),
            _ => true,
        }
    }

    fn has_index_named(&self, name: &str) -> bool {
        let is_it = |own: &Option<String>| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
        self.tables.values().any(|table| table.indexes.iter().any(|index| is_it(&index.name)))
    }

    /// Whether the history made anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Whether the history tells all that is there: it made something, and nothing that nobody could read.
    pub(crate) fn is_whole(&self) -> bool {
        !self.is_empty() && !self.is_doubtful()
    }

    /// A table, where the history made it.
    pub(crate) fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.get(&self.key(name)).map(Rc::as_ref)
    }

    /// All tables, by key.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.tables.iter().map(|(key, table)| (key, table.as_ref()))
    }

    /// The table that an index is on, and the index.
    pub(crate) fn index(&self, name: &Name) -> Option<(&Table, &Index)> {
        let table = self.tables.get(self.indexes.get(&self.key(name))?)?;
        let index = table.indexes.iter().find(|index| index.name.as_deref() == Some(name.name.as_str()))?;
        Some((table, index))
    }

    /// An enum, where the history made it.
    pub(crate) fn enum_type(&self, name: &str) -> Option<&EnumType> {
        self.enums.get(name)
    }

    /// A domain, where the history made it.
    pub(crate) fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.get(name)
    }

    /// A view, where the history made it.
    pub(crate) fn view(&self, name: &Name) -> Option<&View> {
        self.views.get(&self.key(name))
    }

    /// The views that read a column of a table.
    pub(crate) fn views_of(&self, table: &Name, column: &str) -> impl Iterator<Item = &str> {
        let key = self.key(table);
        let has = move |view: &View| view.reads.iter().any(|(table, own)| *table == key && own == column);
        self.views.iter().filter(move |(_, view)| has(view)).map(|(name, _)| name)
    }

    /// What CREATE FUNCTION said of a function's volatility: `None` where the history has no such function.
    pub(crate) fn volatility(&self, function: &str) -> Option<&str> {
        self.functions.get(function).map(|known| known.volatility.as_deref().unwrap_or("volatile"))
    }

    /// The type that a function gives which takes the same.
    pub(crate) fn given_by(&self, function: &str, takes: &str) -> Option<&Type> {
        let (known, gives) = self.functions.get(function)?.signature.as_ref()?;
        (known == takes).then_some(gives)
    }

    /// Whether nothing but triggers can call a function of the history.
    pub(crate) fn is_of_triggers(&self, function: &str) -> bool {
        self.functions.get(function).is_some_and(|known| known.is_of_triggers)
    }

    /// The tables with a foreign key to this one, by key.
    pub(crate) fn referencing(&self, table: &Name) -> impl Iterator<Item = (&str, &Table)> {
        let key = self.key(table);
        self.tables()
            .filter(move |(own, table)| *own != key && table.foreign_keys.iter().any(|it| it.table == key))
    }
}
