//! A schema as text: a line for every table, column, key, index, check, enum and view. Each line names the whole path
//! to what it is about, so that lines of two branches can be mixed in any order and mean the same. Columns stand in
//! the order in which they were declared, everything else in the order of its name.

use std::collections::BTreeSet;

use crate::schema::{
    Action, Check, Column, ColumnType, Deferrable, EnumType, ForeignKey, Identity, Index, IndexItem,
    Knowledge, Schema, Table, Unique,
};

/// The lines of a schema under this root. What is said once and is no part of a schema (`was`, `backfill`, places)
/// is left out.
pub(super) fn lines(root: &str, schema: &Schema) -> Vec<String> {
    let mut lines = vec![format!("{root}.dialect = {}", string(schema.dialect.name()))];
    for (name, ty) in &schema.enums {
        lines.push(format!("{root}.enum.{} = {}", key(name), enum_fields(name, ty).inline()));
    }
    for (name, table) in &schema.tables {
        let path = format!("{root}.table.{}", key(name));
        lines.extend(items(table).iter().map(|item| format!("{path}.{}", item.line())));
    }
    for (name, sql) in &schema.views {
        lines.push(format!("{root}.view.{} = {}", key(name), string(sql)));
    }
    lines
}

/// Something of a table: its line without the path.
pub(crate) struct Item {
    /// `column`, `key`, `unique`, `index`, `check`, `foreign_key` or `options`.
    pub(crate) kind: &'static str,
    /// Its name, or what it goes by without one; empty for what a table has once.
    pub(crate) label: String,
    /// What it is.
    pub(crate) fields: String,
}

impl Item {
    fn new(kind: &'static str, label: &str, fields: &Fields) -> Self {
        Self { kind, label: label.to_string(), fields: fields.inline() }
    }

    fn line(&self) -> String {
        let path = if self.label.is_empty() && matches!(self.kind, "key" | "options") {
            self.kind.to_string()
        } else {
            format!("{}.{}", self.kind, key(&self.label))
        };
        format!("{path} = {}", self.fields)
    }
}

/// Everything that a table says, in the order of its lines.
pub(crate) fn items(table: &Table) -> Vec<Item> {
    let columns = table.columns.iter();
    let mut items: Vec<Item> =
        columns.map(|column| Item::new("column", &column.name, &column_fields(column))).collect();
    if let Some(primary) = &table.primary_key {
        let fields =
            Fields::default().list("columns", &primary.columns).text("name", primary.name.as_deref());
        items.push(Item::new("key", "", &fields));
    }
    items.extend(parts("unique", table.uniques.iter().map(unique)));
    items.extend(parts("index", table.indexes.iter().map(index)));
    items.extend(parts("check", table.checks.iter().map(check)));
    items.extend(parts("foreign_key", table.foreign_keys.iter().map(foreign_key)));
    let options = option_fields(table);
    if !options.0.is_empty() || items.is_empty() {
        items.insert(0, Item::new("options", "", &options));
    }
    items
}

/// A part's name, what it would be called without one, and what it is.
type Part<'s> = (&'s Option<String>, String, Fields);

/// Those of one kind. A part without a name goes by its definition, and says so.
fn parts<'s>(kind: &'static str, parts: impl Iterator<Item = Part<'s>>) -> Vec<Item> {
    let mut parts: Vec<(String, bool, Fields)> = parts
        .map(|(name, definition, fields)| (name.clone().unwrap_or(definition), name.is_some(), fields))
        .collect();
    parts.sort();
    let mut taken = BTreeSet::new();
    let mut items = Vec::with_capacity(parts.len());
    for (name, is_named, fields) in parts {
        let mut label = name.clone();
        // Two that are the same, or one whose name is the other's definition.
        while !taken.insert(label.clone()) {
            label.push('\'');
        }
        let fields = match is_named {
            true => fields.text("name", Some(&*name).filter(|name| *name != label)),
            false => fields.flag("unnamed", true),
        };
        items.push(Item::new(kind, &label, &fields));
    }
    items
}

fn option_fields(table: &Table) -> Fields {
    Fields::default()
        .flag("strict", table.options.is_strict)
        .flag("without_rowid", table.options.is_without_rowid)
        .text("engine", table.options.engine.as_deref())
        .text("charset", table.options.charset.as_deref())
        .text("comment", table.comment.as_deref())
        .flag("partial", table.knowledge == Knowledge::Columns)
}

fn column_fields(column: &Column) -> Fields {
    let fields = match &column.ty {
        ColumnType::Sql(sql) => Fields::default().text("type", Some(sql)),
        ColumnType::Diesel { name, max_length } => {
            Fields::default().text("diesel", Some(name)).number("max_length", *max_length)
        }
    };
    let fields = fields.flag("null", column.is_nullable).text("default", column.default.as_deref());
    let fields = match &column.generated {
        None => fields,
        Some(made) => fields.text("generated", Some(&made.expression)).flag("stored", made.is_stored),
    };
    let identity = column.identity.map(|identity| match identity {
        Identity::ByDefault => "default",
        Identity::Always => "always",
    });
    let fields = fields.text("identity", identity).text("collate", column.collation.as_deref());
    let fields = match &column.values {
        None => fields,
        Some(ty) => fields.text("enum", Some(&ty.name)).list("values", &values(ty)),
    };
    fields.text("comment", column.comment.as_deref())
}

fn enum_fields(name: &str, ty: &EnumType) -> Fields {
    Fields::default().list("values", &values(ty)).text("name", Some(&*ty.name).filter(|own| *own != name))
}

fn values(ty: &EnumType) -> Vec<String> {
    ty.values.iter().map(|value| value.name.clone()).collect()
}

fn unique(unique: &Unique) -> Part<'_> {
    let fields = Fields::default().list("columns", &unique.columns).flag("constraint", unique.is_constraint);
    (&unique.name, over(&unique.columns), fields)
}

fn index(index: &Index) -> Part<'_> {
    let items: Vec<String> = index.items.iter().map(item).collect();
    let names: Vec<String> = index.items.iter().map(|item| item_name(item).to_string()).collect();
    let fields = Fields::default()
        .raw("on", format!("[{}]", items.join(", ")))
        .flag("unique", index.is_unique)
        .text("where", index.condition.as_deref())
        .text("method", index.method.as_deref());
    let fields = if index.include.is_empty() { fields } else { fields.list("include", &index.include) };
    (&index.name, over(&names), fields)
}

fn item(item: &IndexItem) -> String {
    match item {
        IndexItem::Sql(sql) => Fields::default().text("sql", Some(sql)).inline(),
        IndexItem::Column { name, is_descending: false, collation: None } => string(name),
        IndexItem::Column { name, is_descending, collation } => Fields::default()
            .text("column", Some(name))
            .flag("descending", *is_descending)
            .text("collate", collation.as_deref())
            .inline(),
    }
}

fn item_name(item: &IndexItem) -> &str {
    match item {
        IndexItem::Sql(sql) => sql,
        IndexItem::Column { name, .. } => name,
    }
}

fn check(check: &Check) -> Part<'_> {
    let fields = Fields::default().text("expression", Some(&check.expression));
    (&check.name, format!("({})", check.expression), fields)
}

fn foreign_key(it: &ForeignKey) -> Part<'_> {
    let deferrable = match it.deferrable {
        Deferrable::Not => None,
        Deferrable::Immediate => Some("immediate"),
        Deferrable::Deferred => Some("deferred"),
    };
    let fields = Fields::default().list("columns", &it.columns).text("table", Some(&it.table));
    let fields = if it.references.is_empty() { fields } else { fields.list("references", &it.references) };
    let fields = fields
        .text("on_delete", action(it.on_delete))
        .text("on_update", action(it.on_update))
        .text("deferrable", deferrable);
    (&it.name, over(&it.columns), fields)
}

fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("restrict"),
        Action::Cascade => Some("cascade"),
        Action::SetNull => Some("set null"),
        Action::SetDefault => Some("set default"),
    }
}

fn over(columns: &[String]) -> String {
    format!("({})", columns.join(", "))
}

/// What stands between the brackets of an inline table.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fields(Vec<String>);

impl Fields {
    fn raw(mut self, key: &str, value: String) -> Self {
        self.0.push(format!("{key} = {value}"));
        self
    }

    fn text(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.raw(key, string(value)),
            None => self,
        }
    }

    fn number(self, key: &str, value: Option<u32>) -> Self {
        match value {
            Some(value) => self.raw(key, value.to_string()),
            None => self,
        }
    }

    fn flag(self, key: &str, value: bool) -> Self {
        if value { self.raw(key, "true".to_string()) } else { self }
    }

    fn list(self, key: &str, values: &[String]) -> Self {
        let values: Vec<String> = values.iter().map(|value| string(value)).collect();
        self.raw(key, format!("[{}]", values.join(", ")))
    }

    fn inline(&self) -> String {
        if self.0.is_empty() { "{}".to_string() } else { format!("{{ {} }}", self.0.join(", ")) }
    }
}

/// A key of TOML, in quotes where it needs them.
fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_bare) { name.to_string() } else { string(name) }
}

/// A basic string of TOML, always in one line.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
