//! `table!` blocks, read by Diesel's own parser, and what stands beside them: `joinable!` lines and SQL types. They say
//! columns, types, nullability and key, and no more. Blocks that name one table add up.

use std::collections::BTreeMap;
use std::path::Path;

use diesel_table_macro_syntax::{ColumnDef, TableDecl};
use schema_runtime::dialect::Dialect;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, GenericArgument, Ident, ItemStruct, PathArguments, PathSegment, Token, Type, TypePath};

use super::attributes::DieselWords;
use super::cfg::Cfg;
use super::diesel_types::SqlType;
use super::layout::{Block, KEPT_BELOW, is_ours};
use super::modules::{Call, Found, Model};
use super::source::{Mistakes, rules};
use super::{Join, Models};
use crate::schema::{Column, ColumnType, Knowledge, Options, PrimaryKey, Table};

/// Adds the tables that no struct describes, and all that stands beside them.
pub(super) fn read(found: &Found, cfg: &Cfg, models: &mut Models) {
    let sql_types: Vec<(&Path, SqlType)> = found.sql_types.iter().map(sql_type).collect();
    for model in found.tables.iter().filter(|model| is_model(model)) {
        let mut mistakes = Mistakes::new(&model.source);
        let reader =
            Reader { dialect: models.schema.dialect, cfg, sql_types: &sql_types, file: &model.source.path };
        match syn::parse2::<TableDecl>(model.item.tokens.clone()) {
            Ok(declaration) => reader.table(model, &declaration, &mistakes, models),
            Err(error) => mistakes.syntax(rules::UNREADABLE, "a `table!` block cannot be read", &error),
        }
        models.findings.append(&mut mistakes.findings);
    }
    models.joins.extend(found.joins.iter().filter(|model| is_model(model)).filter_map(join));
}

/// What `cargo schema` wrote from structs is no model itself: it would outlive them.
fn is_model(model: &Model<Call>) -> bool {
    let source = &model.source;
    !is_ours(&source.text)
        || source.line_that_says(KEPT_BELOW).is_some_and(|line| model.item.span.start().line > line)
}

struct Reader<'r> {
    dialect: Dialect,
    cfg: &'r Cfg,
    sql_types: &'r [(&'r Path, SqlType)],
    file: &'r Path,
}

impl Reader<'_> {
    fn table(&self, model: &Model<Call>, declaration: &TableDecl, m: &Mistakes<'_>, models: &mut Models) {
        let key = match &declaration.schema {
            Some(schema) => format!("{}.{}", schema.unraw(), declaration.sql_name),
            None => declaration.sql_name.clone(),
        };
        let is_struct =
            models.schema.tables.get(&key).is_some_and(|table| table.knowledge == Knowledge::Whole);
        if is_struct {
            return;
        }
        let table = self.read(declaration, m);
        let block = Block {
            file: self.file.to_path_buf(),
            ident: declaration.table_name.unraw().to_string(),
            text: model.source.slice(model.item.span).to_string(),
            sql_types: self.custom_types(declaration),
        };
        models.blocks.entry(key.clone()).or_default().push(block);
        match models.schema.tables.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(table);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => unite(entry.get_mut(), table),
        }
    }

    fn read(&self, declaration: &TableDecl, m: &Mistakes<'_>) -> Table {
        let defs: Vec<&ColumnDef> =
            declaration.column_defs.iter().filter(|def| self.cfg.expand(&def.meta).is_some()).collect();
        let sql_name = |ident: &Ident| {
            let def = defs.iter().find(|def| def.column_name == *ident);
            def.map_or_else(|| ident.unraw().to_string(), |def| def.sql_name.clone())
        };
        let columns = match &declaration.primary_keys {
            Some(key) => key.keys.iter().map(sql_name).collect(),
            None => {
                defs.iter().filter(|def| def.column_name == "id").map(|def| def.sql_name.clone()).collect()
            }
        };
        Table {
            columns: defs.iter().map(|def| self.column(def, m)).collect(),
            primary_key: Some(PrimaryKey { name: None, columns }).filter(|key| !key.columns.is_empty()),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            comment: None,
            options: Options::default(),
            knowledge: Knowledge::Columns,
            was: None,
            place: Some(m.source.place(declaration.table_name.span(), "")),
        }
    }

    fn column(&self, def: &ColumnDef, m: &Mistakes<'_>) -> Column {
        let (ty, is_nullable) = without_nullable(&def.tpe);
        Column {
            name: def.sql_name.clone(),
            ty: self.column_type(ty, def.max_length.as_ref().and_then(|length| length.base10_parse().ok())),
            is_nullable,
            default: None,
            generated: None,
            identity: None,
            collation: None,
            comment: None,
            values: None,
            backfill: None,
            was: None,
            place: Some(m.source.place(def.column_name.span(), "")),
        }
    }

    /// A type that PostgreSQL names itself is known exactly, every other one as well as Diesel knows it.
    fn column_type(&self, ty: &TypePath, max_length: Option<u32>) -> ColumnType {
        if self.dialect == Dialect::Postgres
            && let Some(sql) = self.postgres_name(ty)
        {
            return ColumnType::Sql(sql);
        }
        ColumnType::Diesel { name: self.diesel_name(ty), max_length }
    }

    fn postgres_name(&self, ty: &TypePath) -> Option<String> {
        let last = ty.path.segments.last()?;
        if last.ident == "Array" {
            let (item, _) = without_nullable(argument(last)?);
            return Some(self.postgres_name(item)? + "[]");
        }
        let custom = self.custom(last)?;
        let name = custom.postgres.as_ref()?;
        Some(match &custom.postgres_schema {
            Some(schema) => format!("{schema}.{name}"),
            None => name.clone(),
        })
    }

    /// `Text`, `Array<Text>`; `Nullable` is left out.
    fn diesel_name(&self, ty: &TypePath) -> String {
        let (ty, _) = without_nullable(ty);
        let Some(last) = ty.path.segments.last() else { return String::new() };
        match (argument(last), self.custom(last)) {
            (Some(inner), _) => format!("{}<{}>", last.ident, self.diesel_name(inner)),
            (None, Some(custom)) => {
                let name = match self.dialect {
                    Dialect::Sqlite => &custom.sqlite,
                    Dialect::Mysql => &custom.mysql,
                    Dialect::Postgres => &None,
                };
                name.clone().unwrap_or_else(|| last.ident.to_string())
            }
            (None, None) => last.ident.unraw().to_string(),
        }
    }

    /// The SQL type of this name: of this file, or else of any.
    fn custom(&self, segment: &PathSegment) -> Option<&SqlType> {
        let mut named = self.sql_types.iter().filter(|(_, ty)| segment.ident == ty.ident);
        let here = named.clone().find(|(file, _)| *file == self.file);
        here.or_else(|| named.next()).map(|(_, ty)| ty)
    }

    fn custom_types(&self, declaration: &TableDecl) -> BTreeMap<String, SqlType> {
        let mut types = BTreeMap::new();
        for def in &declaration.column_defs {
            let mut ty = Some(&def.tpe);
            while let Some(last) = ty.and_then(|ty| ty.path.segments.last()) {
                types.extend(self.custom(last).map(|custom| (custom.ident.clone(), custom.clone())));
                ty = argument(last);
            }
        }
        types
    }
}

/// Columns that the first block lacks; where both say something, the first one counts.
fn unite(table: &mut Table, other: Table) {
    for column in other.columns {
        if table.columns.iter().all(|known| known.name != column.name) {
            table.columns.push(column);
        }
    }
    table.primary_key = table.primary_key.take().or(other.primary_key);
}

fn without_nullable(ty: &TypePath) -> (&TypePath, bool) {
    let last = ty.path.segments.last().filter(|last| last.ident == "Nullable");
    match last.and_then(argument) {
        Some(inner) => (inner, true),
        None => (ty, false),
    }
}

/// `T` of `Name<T>`.
fn argument(segment: &PathSegment) -> Option<&TypePath> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Path(path)) => Some(path),
        _ => None,
    }
}

fn sql_type(model: &Model<ItemStruct>) -> (&Path, SqlType) {
    let words = DieselWords::read(&model.attributes);
    let custom = SqlType {
        ident: model.item.ident.unraw().to_string(),
        postgres: words.text_in("postgres_type", "name"),
        postgres_schema: words.text_in("postgres_type", "schema"),
        mysql: words.text_in("mysql_type", "name"),
        sqlite: words.text_in("sqlite_type", "name"),
    };
    (&model.source.path, custom)
}

/// `posts -> users (author_id)`
struct JoinLine {
    child: Ident,
    parent: Ident,
    column: Ident,
}

impl Parse for JoinLine {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let last = |input: ParseStream<'_>| {
            let path = input.call(syn::Path::parse_mod_style)?;
            path.segments.last().map(|last| last.ident.clone()).ok_or_else(|| input.error("expected a table"))
        };
        input.call(Attribute::parse_outer)?;
        let child = last(input)?;
        input.parse::<Token![->]>()?;
        let parent = last(input)?;
        let content;
        syn::parenthesized!(content in input);
        Ok(Self { child, parent, column: content.call(Ident::parse_any)? })
    }
}

/// A line that cannot be read does not compile either, and is no more than a hint.
fn join(model: &Model<Call>) -> Option<Join> {
    let line: JoinLine = syn::parse2(model.item.tokens.clone()).ok()?;
    Some(Join {
        child: line.child.unraw().to_string(),
        parent: line.parent.unraw().to_string(),
        column: line.column.unraw().to_string(),
        file: model.source.path.clone(),
    })
}
