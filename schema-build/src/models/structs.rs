//! From a struct that derives `Schema` to a table. What a struct says about other tables is kept as it is written;
//! `links` looks at all of them together.

use std::rc::Rc;

use proc_macro2::Span;
use schema_runtime::dialect::Dialect;
use schema_runtime::nearest;
use syn::ItemStruct;
use syn::ext::IdentExt;

use super::attributes::{
    CheckWords, DieselWords, ForeignKeyWords, IndexWords, Item, StructWords, UniqueWords,
};
use super::columns::{Context, Field, Role};
use super::layout::Layout;
use super::modules::Model;
use super::names::default_table;
use super::refusals;
use super::source::{Mistakes, Source, rules};
use super::words::{Name, Said};
use crate::document::quoted;
use crate::finding::Finding;
use crate::schema::{Check, ColumnType, Index, IndexItem, Knowledge, Options, PrimaryKey, Table, Unique};

/// A table, before the tables that it points to are known.
pub(super) struct Draft {
    /// Its name in the schema.
    pub(super) key: String,
    /// Its name in Rust.
    pub(super) rust_name: String,
    pub(super) source: Rc<Source>,
    pub(super) table: Table,
    pub(super) fields: Vec<Field>,
    pub(super) foreign_keys: Vec<ForeignKeyWords>,
    /// Names of indexes and UNIQUE constraints.
    pub(super) names: Vec<Name>,
    pub(super) layout: Layout,
}

/// Reads all structs.
pub(super) fn read(
    models: &[Model<ItemStruct>],
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for model in models {
        let mut mistakes = Mistakes::new(&model.source);
        drafts.push(draft(model, context, &mut mistakes));
        findings.append(&mut mistakes.findings);
    }
    drafts
}

fn draft(model: &Model<ItemStruct>, context: &Context<'_>, m: &mut Mistakes<'_>) -> Draft {
    let mut words = StructWords::read(&model.attributes, m);
    let diesel = DieselWords::read(&model.attributes);
    let span = model.item.ident.span();
    let fields = fields(model, context, m);
    let (key, layout) = names(model, &words, &diesel);
    let columns = Columns { fields: &fields, table: &key };
    let primary_key = primary_key(&columns, words.primary_key.take(), diesel.names("primary_key"), span, m);
    refusals::of_struct(&words, &fields, context.dialect, m);

    let mut table = Table {
        columns: Vec::new(),
        uniques: uniques(&columns, &words.uniques, m),
        indexes: Vec::new(),
        checks: words.checks.iter().map(check).collect(),
        foreign_keys: Vec::new(),
        comment: text(&words.comment).filter(|_| context.dialect != Dialect::Sqlite),
        options: options(&words, context.dialect),
        knowledge: Knowledge::Whole,
        was: text(&words.was),
        place: Some(m.source.place(span, "")),
        primary_key,
    };
    indexes(&columns, &words.indexes, &mut table, m);
    let foreign_keys = foreign_keys(&columns, words.foreign_keys, m);
    let names = words.indexes.iter().filter_map(|index| index.name.clone());
    let names = names.chain(words.uniques.iter().filter_map(|unique| unique.name.clone())).collect();
    let mut layout = layout;
    for field in &fields {
        let (column, line) = field.column(role(field, &table), context, m);
        table.columns.push(column);
        layout.columns.push(line);
    }
    refusals::of_keys(&table, &fields, &foreign_keys, context.dialect, m);
    let rust_name = layout.ident.clone();
    Draft { key, rust_name, source: Rc::clone(&model.source), table, fields, foreign_keys, names, layout }
}

fn fields(model: &Model<ItemStruct>, context: &Context<'_>, m: &mut Mistakes<'_>) -> Vec<Field> {
    let found_before = m.findings.len();
    let (mut fields, mut names): (Vec<Field>, Vec<String>) = Default::default();
    for field in &model.item.fields {
        let Some(field) = Field::read(field, context.cfg, m) else { continue };
        let name = match context.dialect {
            Dialect::Postgres => field.sql_name.clone(),
            Dialect::Sqlite | Dialect::Mysql => field.sql_name.to_lowercase(),
        };
        match names.iter().position(|other| *other == name) {
            Some(other) => {
                let (second, first) =
                    (m.source.place(field.span, ""), m.source.place(fields[other].span, ""));
                m.push(super::enums::twice(&format!("the column `{}`", field.sql_name), &second, &first));
            }
            None => {
                names.push(name);
                fields.push(field);
            }
        }
    }
    if fields.is_empty() && m.findings.len() == found_before {
        let message = format!("the struct `{}` has no columns", model.item.ident);
        m.add(rules::CONTRADICTION, model.item.ident.span(), message, "a table has at least one");
    }
    fields
}

/// The table's name in the schema, and how `table!` calls it.
fn names(model: &Model<ItemStruct>, words: &StructWords, diesel: &DieselWords) -> (String, Layout) {
    let default = || vec![default_table(&model.item.ident.unraw().to_string())];
    let path = diesel.path("table_name").map_or_else(default, |path| path.value);
    let ident =
        path.last().map(|last| last.strip_prefix("r#").unwrap_or(last).to_string()).unwrap_or_default();
    let sql_name = text(&words.sql_name).unwrap_or_else(|| ident.clone());
    let schema = text(&words.schema);
    let module = path.iter().rev().nth(1).filter(|module| Some(*module) == schema.as_ref()).cloned();
    let key = match &schema {
        Some(schema) => format!("{schema}.{sql_name}"),
        None => sql_name.clone(),
    };
    (key, Layout { ident, sql_name, schema, module, columns: Vec::new() })
}

/// What another engine's words say is a finding already, and changes no types.
fn options(words: &StructWords, dialect: Dialect) -> Options {
    Options {
        is_strict: words.strict.is_some() && dialect == Dialect::Sqlite,
        is_without_rowid: words.without_rowid.is_some(),
        engine: text(&words.engine),
        charset: text(&words.charset),
    }
}

fn role(field: &Field, table: &Table) -> Role {
    let key = table.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
    let is_key = key.contains(&field.sql_name);
    Role { is_key, is_only_key: is_key && key.len() == 1, is_strict: table.options.is_strict }
}

/// The columns of a struct, to be found by any name they have.
struct Columns<'f> {
    fields: &'f [Field],
    table: &'f str,
}

impl Columns<'_> {
    fn find(&self, name: &Name, m: &mut Mistakes<'_>) -> Option<String> {
        let by = |has: &dyn Fn(&Field) -> bool| self.fields.iter().find(|field| has(field));
        let found = by(&|field| field.ident == name.value)
            .or_else(|| by(&|field| field.sql_name == name.value))
            .or_else(|| by(&|field| field.name == name.value));
        if let Some(field) = found {
            return Some(field.sql_name.clone());
        }
        let message = format!("`{}` has no column `{}`", self.table, name.value);
        let known: Vec<&str> = self.fields.iter().map(|field| field.ident.as_str()).collect();
        let help = match nearest(&name.value, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are {}", quoted(&known)),
        };
        m.advise(rules::CONTRADICTION, name.span, message, "no such column", help);
        None
    }

    /// All of them, or none.
    fn find_all(&self, names: &[Name], m: &mut Mistakes<'_>) -> Option<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        for name in names {
            match self.find(name, m) {
                Some(column) if found.contains(&column) => {
                    let message = format!("the column `{column}` is named twice");
                    m.add(rules::CONTRADICTION, name.span, message, "for the second time");
                }
                Some(column) => found.push(column),
                None => {}
            }
        }
        (found.len() == names.len()).then_some(found)
    }
}

/// The fields' word, else the struct's, else Diesel's, else `id`.
fn primary_key(
    columns: &Columns<'_>,
    said: Option<Said<Vec<Name>>>,
    diesel: Option<Said<Vec<Name>>>,
    span: Span,
    m: &mut Mistakes<'_>,
) -> Option<PrimaryKey> {
    let marked: Vec<&Field> =
        columns.fields.iter().filter(|field| field.words.primary_key.is_some()).collect();
    if let (Some(said), Some(field)) = (&said, marked.first()) {
        let message = format!("`{}` has two primary keys", columns.table);
        let note = format!("`primary_key` is on the field `{}` as well", field.name);
        m.advise(rules::CONTRADICTION, said.span, message, "one of the two", note);
    }
    let key = match (marked.as_slice(), said.or(diesel)) {
        ([], Some(said)) => columns.find_all(&said.value, m)?,
        ([], None) => match columns.fields.iter().find(|field| field.ident == "id") {
            Some(field) => vec![field.sql_name.clone()],
            None if columns.fields.is_empty() => return None,
            None => {
                let help = "add `#[schema(primary_key)]` to a field";
                let message = format!("`{}` has no primary key", columns.table);
                m.advise(rules::CONTRADICTION, span, message, "no field is called `id`", help);
                return None;
            }
        },
        (marked, _) => marked.iter().map(|field| field.sql_name.clone()).collect(),
    };
    Some(PrimaryKey { name: None, columns: key })
}

fn uniques(columns: &Columns<'_>, words: &[UniqueWords], m: &mut Mistakes<'_>) -> Vec<Unique> {
    let own = columns.fields.iter().filter(|field| field.words.unique.is_some()).map(|field| Unique {
        name: None,
        columns: vec![field.sql_name.clone()],
        was: None,
        is_constraint: true,
    });
    let mut uniques: Vec<Unique> = own.collect();
    for unique in words {
        let Some(found) = columns.find_all(&unique.columns, m) else { continue };
        if uniques.iter().any(|other| other.columns == found) {
            let message = format!("{} is unique twice", quoted(&found));
            m.add(rules::CONTRADICTION, unique.span, message, "for the second time");
            continue;
        }
        let (name, was) = (text(&unique.name), text(&unique.was));
        uniques.push(Unique { name, columns: found, was, is_constraint: true });
    }
    uniques
}

/// Indexes of fields, then those of the struct; a unique one over plain columns stands with the uniques.
fn indexes(columns: &Columns<'_>, words: &[IndexWords], table: &mut Table, m: &mut Mistakes<'_>) {
    let own = columns.fields.iter().filter(|field| field.words.index.is_some());
    table.indexes.extend(own.map(|field| Index {
        name: None,
        items: vec![plain(field.sql_name.clone())],
        is_unique: false,
        condition: None,
        method: None,
        include: Vec::new(),
        was: None,
    }));
    for words in words {
        let Some(index) = index(columns, words, m) else { continue };
        let same = |other: &Index| Index { name: None, was: None, ..other.clone() };
        match plain_unique(&index) {
            Some(unique) => table.uniques.push(unique),
            None if table.indexes.iter().any(|other| same(other) == same(&index)) => {
                m.add(rules::CONTRADICTION, words.span, "this index is there twice", "for the second time");
            }
            None => table.indexes.push(index),
        }
    }
}

fn index(columns: &Columns<'_>, words: &IndexWords, m: &mut Mistakes<'_>) -> Option<Index> {
    let include = words.include.as_ref().map(|include| include.value.as_slice()).unwrap_or_default();
    let include = columns.find_all(include, m);
    let mut items = Vec::new();
    for item in &words.items {
        items.push(match item {
            Item::Sql(sql) => Some(IndexItem::Sql(sql.clone())),
            Item::Column { name, is_descending } => columns.find(name, m).map(|name| IndexItem::Column {
                name,
                is_descending: *is_descending,
                collation: None,
            }),
        });
    }
    Some(Index {
        name: text(&words.name),
        items: items.into_iter().collect::<Option<_>>()?,
        is_unique: words.unique.is_some(),
        condition: text(&words.condition),
        method: text(&words.method),
        include: include?,
        was: text(&words.was),
    })
}

fn plain_unique(index: &Index) -> Option<Unique> {
    let is_plain =
        index.is_unique && index.condition.is_none() && index.method.is_none() && index.include.is_empty();
    let column = |item: &IndexItem| match item {
        IndexItem::Column { name, is_descending: false, collation: None } => Some(name.clone()),
        IndexItem::Column { .. } | IndexItem::Sql(_) => None,
    };
    let columns = index.items.iter().map(column).collect::<Option<Vec<_>>>().filter(|_| is_plain)?;
    Some(Unique { name: index.name.clone(), columns, was: index.was.clone(), is_constraint: false })
}

fn plain(name: String) -> IndexItem {
    IndexItem::Column { name, is_descending: false, collation: None }
}

fn check(words: &CheckWords) -> Check {
    Check { name: text(&words.name), expression: words.expression.clone() }
}

/// Those of fields, then those of the struct; their own columns by the names of the database.
fn foreign_keys(
    columns: &Columns<'_>,
    words: Vec<ForeignKeyWords>,
    m: &mut Mistakes<'_>,
) -> Vec<ForeignKeyWords> {
    let own = columns.fields.iter().filter_map(|field| {
        let target = field.words.references.clone()?;
        let column = Said::new(field.sql_name.clone(), field.span);
        Some(field.words.key(target.span, vec![column], target))
    });
    let mut keys: Vec<ForeignKeyWords> = own.collect();
    for mut words in words {
        if let Some(found) = columns.find_all(&words.columns, m) {
            let named = words.columns.iter().zip(found);
            words.columns = named.map(|(name, column)| Said::new(column, name.span)).collect();
            keys.push(words);
        }
    }
    keys
}

pub(super) fn text(said: &Option<Said<String>>) -> Option<String> {
    said.as_ref().map(|said| said.value.clone())
}

impl Draft {
    /// The column's place in both lists.
    pub(super) fn column_named(&self, name: &str) -> Option<&str> {
        let field = self
            .fields
            .iter()
            .find(|field| field.ident == name || field.sql_name == name || field.name == name);
        field.map(|field| field.sql_name.as_str())
    }

    /// Whether these columns are a key, in any order.
    pub(super) fn has_key(&self, columns: &[String]) -> bool {
        let is_same =
            |key: &[String]| key.len() == columns.len() && key.iter().all(|column| columns.contains(column));
        self.table.primary_key.iter().any(|key| is_same(&key.columns))
            || self.table.uniques.iter().any(|unique| is_same(&unique.columns))
    }
}

/// The engine's words of a column; `None`: Diesel's.
pub(super) fn sql_of(ty: &ColumnType) -> Option<&str> {
    match ty {
        ColumnType::Sql(sql) => Some(sql),
        ColumnType::Diesel { .. } => None,
    }
}
