//! The lines that `print` writes, read back as a schema. What cannot be understood is a finding at its place, and
//! reading goes on.

use std::collections::BTreeMap;

use schema_runtime::dialect::Dialect;
use toml::de::{DeTable, DeValue};

use crate::document::{Document, Value};
use crate::schema::{
    Action, Check, Column, ColumnType, Deferrable, EnumType, EnumValue, ForeignKey, Generated, Identity,
    Index, IndexItem, Knowledge, Options, PrimaryKey, Schema, Table, Unique,
};

/// The schema under a root; `None` when it does not even say its engine.
pub(super) fn schema<'t>(document: &mut Document<'t>, root: &str, value: &Value<'t>) -> Option<Schema> {
    let mut reader = Reader { document };
    let table = reader.table(root, value, &["dialect", "enum", "table", "view"])?;
    let name = reader.text(table, "dialect");
    let dialect = name.as_deref().and_then(Dialect::from_name);
    let Some(dialect) = dialect else {
        reader.document.report(format!("`{root}` names no engine"), value.span(), "");
        return None;
    };
    Some(Schema {
        dialect,
        tables: reader.named(table, "table", Reader::whole_table),
        enums: reader.named(table, "enum", Reader::enum_type),
        views: reader.named(table, "view", |reader, name, value| {
            reader.document.string(name, value).map(|it| it.value)
        }),
    })
}

struct Reader<'d, 't> {
    document: &'d mut Document<'t>,
}

const COLUMN: &[&str] = &[
    "type",
    "diesel",
    "max_length",
    "null",
    "default",
    "generated",
    "stored",
    "identity",
    "collate",
    "enum",
    "values",
    "comment",
];
const UNIQUE: &[&str] = &["columns", "constraint", "name", "unnamed"];
const INDEX: &[&str] = &["on", "unique", "where", "method", "include", "name", "unnamed"];
const CHECK: &[&str] = &["expression", "name", "unnamed"];
const FOREIGN_KEY: &[&str] =
    &["columns", "table", "references", "on_delete", "on_update", "deferrable", "name", "unnamed"];
const OPTIONS: &[&str] = &["strict", "without_rowid", "engine", "charset", "comment", "partial"];

const IDENTITIES: [(&str, Identity); 2] = [("default", Identity::ByDefault), ("always", Identity::Always)];
const ACTIONS: [(&str, Action); 4] = [
    ("restrict", Action::Restrict),
    ("cascade", Action::Cascade),
    ("set null", Action::SetNull),
    ("set default", Action::SetDefault),
];
const DEFERRABLES: [(&str, Deferrable); 2] =
    [("immediate", Deferrable::Immediate), ("deferred", Deferrable::Deferred)];

impl<'t> Reader<'_, 't> {
    /// A table that has these keys and no others.
    fn table<'v>(&mut self, name: &str, value: &'v Value<'t>, known: &[&str]) -> Option<&'v DeTable<'t>> {
        let table = self.document.inner_table(name, value)?;
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.document.report(format!("`{}` is not known here", key.get_ref()), key.span(), "");
        }
        Some(table)
    }

    /// What stands below a key, by name: in that order whatever order the file has.
    fn below<'v>(&mut self, table: &'v DeTable<'t>, key: &str) -> BTreeMap<&'v str, &'v Value<'t>> {
        let mut below = BTreeMap::new();
        let inner = table.get(key).and_then(|value| self.document.inner_table(key, value));
        for (name, value) in inner.into_iter().flatten() {
            below.insert(&**name.get_ref(), value);
        }
        below
    }

    /// Everything below a key, by name.
    fn named<T>(
        &mut self,
        table: &DeTable<'t>,
        key: &str,
        read: impl Fn(&mut Self, &str, &Value<'t>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        // Inserted one by one: collecting a map sorts it first, which costs the compiler more than it saves anybody.
        let mut named = BTreeMap::new();
        for (name, value) in self.below(table, key) {
            if let Some(it) = read(self, name, value) {
                named.insert(name.to_string(), it);
            }
        }
        named
    }

    /// The parts of one kind, and whether each has its label for a name.
    fn parts<T>(
        &mut self,
        table: &DeTable<'t>,
        kind: &str,
        known: &[&str],
        read: impl Fn(&mut Self, Option<String>, &DeTable<'t>) -> Option<T>,
    ) -> Vec<T> {
        let mut parts = Vec::new();
        for (label, value) in self.below(table, kind) {
            let Some(inner) = self.table(label, value, known) else { continue };
            let name = self.text(inner, "name").or_else(|| Some(label.to_string()));
            let is_named = !self.flag(inner, "unnamed");
            parts.extend(read(self, name.filter(|_| is_named), inner));
        }
        parts
    }

    fn whole_table(&mut self, name: &str, value: &Value<'t>) -> Option<Table> {
        let known = ["options", "column", "key", "unique", "index", "check", "foreign_key"];
        let table = self.table(name, value, &known)?;
        let none = DeTable::new();
        let options =
            table.get("options").and_then(|value| self.table("options", value, OPTIONS)).unwrap_or(&none);
        Some(Table {
            columns: self.columns(table),
            primary_key: table.get("key").and_then(|value| self.primary_key(value)),
            uniques: self.parts(table, "unique", UNIQUE, Self::unique),
            indexes: self.parts(table, "index", INDEX, Self::index),
            checks: self.parts(table, "check", CHECK, Self::check),
            foreign_keys: self.parts(table, "foreign_key", FOREIGN_KEY, Self::foreign_key),
            comment: self.text(options, "comment"),
            options: Options {
                is_strict: self.flag(options, "strict"),
                is_without_rowid: self.flag(options, "without_rowid"),
                engine: self.text(options, "engine"),
                charset: self.text(options, "charset"),
            },
            knowledge: if self.flag(options, "partial") { Knowledge::Columns } else { Knowledge::Whole },
            was: None,
            place: None,
        })
    }

    /// In the order of their lines.
    fn columns(&mut self, table: &DeTable<'t>) -> Vec<Column> {
        let Some(columns) = table.get("column").and_then(|value| self.document.inner_table("column", value))
        else {
            return Vec::new();
        };
        let mut columns: Vec<_> = columns.iter().collect();
        columns.sort_by_key(|(name, _)| name.span().start);
        columns.into_iter().filter_map(|(name, value)| self.column(name.get_ref(), value)).collect()
    }

    fn column(&mut self, name: &str, value: &Value<'t>) -> Option<Column> {
        let table = self.table(name, value, COLUMN)?;
        let ty = match (self.text(table, "type"), self.text(table, "diesel")) {
            (Some(sql), _) => ColumnType::Sql(sql),
            (None, Some(name)) => ColumnType::Diesel { name, max_length: self.number(table, "max_length") },
            (None, None) => {
                self.document.report(format!("column `{name}` has no type"), value.span(), "");
                return None;
            }
        };
        Some(Column {
            name: name.to_string(),
            ty,
            is_nullable: self.flag(table, "null"),
            default: self.text(table, "default"),
            generated: self
                .text(table, "generated")
                .map(|expression| Generated { expression, is_stored: self.flag(table, "stored") }),
            identity: self.word(table, "identity", &IDENTITIES),
            collation: self.text(table, "collate"),
            comment: self.text(table, "comment"),
            values: self.text(table, "enum").map(|name| self.values(table, name)),
            backfill: None,
            was: None,
            place: None,
        })
    }

    fn enum_type(&mut self, name: &str, value: &Value<'t>) -> Option<EnumType> {
        let table = self.table(name, value, &["values", "name"])?;
        let own = self.text(table, "name").unwrap_or_else(|| name.to_string());
        Some(self.values(table, own))
    }

    fn values(&mut self, table: &DeTable<'t>, name: String) -> EnumType {
        EnumType {
            name,
            values: self.texts(table, "values").into_iter().map(EnumValue::named).collect(),
            was: None,
        }
    }

    fn primary_key(&mut self, value: &Value<'t>) -> Option<PrimaryKey> {
        let table = self.table("key", value, &["columns", "name"])?;
        Some(PrimaryKey { name: self.text(table, "name"), columns: self.texts(table, "columns") })
    }

    fn unique(&mut self, name: Option<String>, table: &DeTable<'t>) -> Option<Unique> {
        let (columns, is_constraint) = (self.texts(table, "columns"), self.flag(table, "constraint"));
        Some(Unique { name, columns, was: None, is_constraint })
    }

    fn check(&mut self, name: Option<String>, table: &DeTable<'t>) -> Option<Check> {
        Some(Check { name, expression: self.text(table, "expression")? })
    }

    fn index(&mut self, name: Option<String>, table: &DeTable<'t>) -> Option<Index> {
        let items = match table.get("on").map(|on| (on.get_ref(), on.span())) {
            Some((DeValue::Array(items), _)) => items.iter().filter_map(|item| self.item(item)).collect(),
            Some((other, span)) => return self.document.wrong_type("on", span, "a list", other),
            None => Vec::new(),
        };
        Some(Index {
            name,
            items,
            is_unique: self.flag(table, "unique"),
            condition: self.text(table, "where"),
            method: self.text(table, "method"),
            include: self.texts(table, "include"),
            was: None,
        })
    }

    fn item(&mut self, value: &Value<'t>) -> Option<IndexItem> {
        if let DeValue::String(name) = value.get_ref() {
            return Some(IndexItem::Column { name: name.to_string(), is_descending: false, collation: None });
        }
        let table = self.table("on", value, &["sql", "column", "descending", "collate"])?;
        match (self.text(table, "sql"), self.text(table, "column")) {
            (Some(sql), _) => Some(IndexItem::Sql(sql)),
            (None, Some(name)) => Some(IndexItem::Column {
                name,
                is_descending: self.flag(table, "descending"),
                collation: self.text(table, "collate"),
            }),
            (None, None) => {
                self.document.report("an item of an index names nothing".to_string(), value.span(), "");
                None
            }
        }
    }

    fn foreign_key(&mut self, name: Option<String>, table: &DeTable<'t>) -> Option<ForeignKey> {
        Some(ForeignKey {
            name,
            columns: self.texts(table, "columns"),
            table: self.text(table, "table")?,
            references: self.texts(table, "references"),
            on_delete: self.word(table, "on_delete", &ACTIONS).unwrap_or_default(),
            on_update: self.word(table, "on_update", &ACTIONS).unwrap_or_default(),
            deferrable: self.word(table, "deferrable", &DEFERRABLES).unwrap_or_default(),
        })
    }

    fn text(&mut self, table: &DeTable<'t>, key: &str) -> Option<String> {
        Some(self.document.string(key, table.get(key)?)?.value)
    }

    fn texts(&mut self, table: &DeTable<'t>, key: &str) -> Vec<String> {
        let values = table.get(key).and_then(|value| self.document.strings(key, value));
        values.unwrap_or_default().into_iter().map(|it| it.value).collect()
    }

    fn flag(&mut self, table: &DeTable<'t>, key: &str) -> bool {
        table.get(key).and_then(|value| self.document.boolean(key, value)).is_some_and(|it| it.value)
    }

    fn number(&mut self, table: &DeTable<'t>, key: &str) -> Option<u32> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Integer(number) if number.as_str().parse::<u32>().is_ok() => {
                number.as_str().parse().ok()
            }
            other => self.document.wrong_type(key, value.span(), "a number of characters", other),
        }
    }

    fn word<T: Copy>(&mut self, table: &DeTable<'t>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = table.get(key)?;
        let word = self.document.string(key, value)?.value;
        let found = words.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
            let message = format!("`{key}` must be one of {}", crate::document::quoted(&known));
            self.document.report(message, value.span(), "");
        }
        found.map(|(_, meaning)| *meaning)
    }
}
