//! From a field to a column: its names, its type on the engine and for Diesel, and what its words contradict.

use proc_macro2::Span;
use schema_runtime::dialect::Dialect;
use syn::spanned::Spanned;

use super::attributes::{DieselWords, FieldWords};
use super::diesel_types::{DieselType, SqlType, length};
use super::enums::{EnumModel, Enums};
use super::layout::LayoutColumn;
use super::names::camel_case;
use super::source::{Mistakes, rules};
use super::types::{Kind, RustType};
use super::{cfg::Cfg, engine};
use crate::schema::{Column, ColumnType, EnumType, Generated, Identity};

/// What is the same for all models of a package.
pub(super) struct Context<'c> {
    pub(super) dialect: Dialect,
    pub(super) cfg: &'c Cfg,
    pub(super) enums: &'c Enums,
}

/// A field that is a column.
pub(super) struct Field {
    /// As Rust names it, without `r#`.
    pub(super) name: String,
    /// As `table!` names it.
    pub(super) ident: String,
    /// As the database names it.
    pub(super) sql_name: String,
    pub(super) span: Span,
    type_span: Span,
    rust: RustType,
    pub(super) words: FieldWords,
}

/// What a struct says about a column from outside of its field.
#[derive(Clone, Copy)]
pub(super) struct Role {
    /// It is the primary key alone.
    pub(super) is_only_key: bool,
    /// It is part of the primary key.
    pub(super) is_key: bool,
    /// The table is STRICT.
    pub(super) is_strict: bool,
}

/// A column's type, for the engine and for Diesel.
struct Resolved {
    sql: String,
    values: Option<EnumType>,
    diesel: DieselType,
}

impl Field {
    /// `None`: no column, because it is left out, or because it is a mistake that is reported.
    pub(super) fn read(field: &syn::Field, cfg: &Cfg, m: &mut Mistakes<'_>) -> Option<Self> {
        use syn::ext::IdentExt;
        let attributes = cfg.expand(&field.attrs)?;
        let words = FieldWords::read(&attributes, m);
        if words.skip.is_some() {
            return None;
        }
        let diesel = DieselWords::read(&attributes);
        if diesel.term("embed").is_some() || diesel.term("select_expression").is_some() {
            let help = "add `#[schema(skip)]` to the field";
            m.advise(
                rules::CONTRADICTION,
                field.ty.span(),
                "this field is no column",
                "more than one value",
                help,
            );
            return None;
        }
        let name = field.ident.as_ref().map(|ident| ident.unraw().to_string());
        let said = diesel.path("column_name").and_then(|path| path.value.last().cloned());
        let Some(ident) = said.or_else(|| name.clone()) else {
            let help = "add `#[diesel(column_name = ..)]` to the field";
            m.advise(
                rules::CONTRADICTION,
                field.ty.span(),
                "this field has no name",
                "which column is it?",
                help,
            );
            return None;
        };
        let ident = ident.strip_prefix("r#").unwrap_or(&ident).to_string();
        Some(Self {
            name: name.unwrap_or_else(|| ident.clone()),
            sql_name: words.sql_name.as_ref().map_or_else(|| ident.clone(), |name| name.value.clone()),
            ident,
            span: field.ident.as_ref().map_or_else(|| field.ty.span(), Spanned::span),
            type_span: field.ty.span(),
            rust: RustType::of(&field.ty),
            words,
        })
    }

    /// The column, and its line in `table!`.
    pub(super) fn column(
        &self,
        role: Role,
        context: &Context<'_>,
        m: &mut Mistakes<'_>,
    ) -> (Column, LayoutColumn) {
        self.contradictions(role, context.dialect, m);
        let resolved = self.resolve(role, context, m).unwrap_or_else(Resolved::unknown);
        let layout = LayoutColumn {
            ident: self.ident.clone(),
            sql_name: self.sql_name.clone(),
            is_nullable: self.rust.is_nullable,
            max_length: length(&resolved.sql).filter(|_| context.dialect != Dialect::Sqlite),
            ty: resolved.diesel,
        };
        let text = |said: &Option<super::words::Said<String>>| said.as_ref().map(|said| said.value.clone());
        let words = &self.words;
        let column = Column {
            name: self.sql_name.clone(),
            ty: ColumnType::Sql(resolved.sql),
            is_nullable: self.rust.is_nullable,
            default: text(&words.default),
            generated: text(&words.generated)
                .map(|expression| Generated { expression, is_stored: words.is_virtual.is_none() }),
            identity: words.identity.as_ref().map(|identity| match context.dialect {
                Dialect::Postgres => identity.value,
                Dialect::Sqlite | Dialect::Mysql => Identity::ByDefault,
            }),
            collation: text(&words.collate),
            comment: text(&words.comment).filter(|_| context.dialect != Dialect::Sqlite),
            values: resolved.values,
            backfill: text(&words.backfill),
            was: text(&words.was),
            place: Some(m.source.place(self.span, "")),
        };
        (column, layout)
    }

    fn resolve(&self, role: Role, context: &Context<'_>, m: &mut Mistakes<'_>) -> Option<Resolved> {
        let dialect = context.dialect;
        if let Some(sql) = &self.words.sql_type {
            return Some(self.as_said(&sql.value, dialect));
        }
        if let Some(max_length) = &self.words.max_length {
            if self.rust.kind == Kind::Text {
                return Some(self.with_length(max_length.value, role, dialect));
            }
            let help = "only texts have a `max_length`; say the type with `sql_type`";
            m.advise(
                rules::CONTRADICTION,
                max_length.span,
                "`max_length` is not for this type",
                "no text",
                help,
            );
        }
        if let Some(resolved) = self.enumeration(context) {
            return Some(resolved);
        }
        let Ok(sql) = self.rust.kind.sql(dialect) else {
            self.has_no_type(dialect, m);
            return None;
        };
        let is_row_number =
            dialect == Dialect::Sqlite && role.is_only_key && self.rust.kind.is_signed_integer();
        let sql = match () {
            () if is_row_number => "INTEGER".to_string(),
            () if role.is_strict => strict(&sql).to_string(),
            () => sql,
        };
        let diesel = DieselType::known(self.rust.kind.diesel(dialect).unwrap_or_default());
        Some(Resolved { sql, values: None, diesel })
    }

    /// SQLite stores what it is given, so there the Rust type says better what comes back.
    fn as_said(&self, sql: &str, dialect: Dialect) -> Resolved {
        let rust = self.rust.kind.diesel(dialect).filter(|_| dialect == Dialect::Sqlite);
        let diesel = rust.map_or_else(|| DieselType::of_sql(sql, dialect), DieselType::known);
        Resolved { sql: sql.to_string(), values: None, diesel }
    }

    fn with_length(&self, max_length: u32, role: Role, dialect: Dialect) -> Resolved {
        let sql = if role.is_strict { "TEXT".to_string() } else { format!("VARCHAR({max_length})") };
        let diesel = if dialect == Dialect::Sqlite { "Text" } else { "Varchar" };
        Resolved { sql, values: None, diesel: DieselType::known(diesel) }
    }

    fn enumeration(&self, context: &Context<'_>) -> Option<Resolved> {
        let dialect = context.dialect;
        match &self.rust.kind {
            Kind::Other(name) => {
                let model = context.enums.get(name)?;
                let diesel = diesel_enum(model, dialect);
                Some(Resolved { sql: model.sql(dialect), values: model.values(dialect), diesel })
            }
            Kind::Array(item) if dialect == Dialect::Postgres => {
                let Kind::Other(name) = &item.kind else { return None };
                let model = context.enums.get(name)?;
                let one = diesel_enum(model, dialect);
                let diesel = DieselType { name: item.array_of(&one.name), custom: one.custom };
                Some(Resolved { sql: model.sql(dialect) + "[]", values: None, diesel })
            }
            _ => None,
        }
    }

    fn has_no_type(&self, dialect: Dialect, m: &mut Mistakes<'_>) {
        let written = m.source.slice(self.type_span).to_string();
        let help = "say the type: `#[schema(sql_type = \"..\")]`";
        if let Kind::Other(name) = &self.rust.kind {
            let message = format!("the type of `{}` is not known", self.name);
            let label = if name.starts_with(char::is_uppercase) {
                "neither known nor an enum that derives `Schema`"
            } else {
                "not known"
            };
            m.advise(rules::TYPE, self.type_span, message, label, help);
        } else {
            let message = format!("{} has no type for `{written}`", engine(dialect));
            m.advise(rules::TYPE, self.type_span, message, "no type of this engine holds it exactly", help);
        }
    }

    fn contradictions(&self, role: Role, dialect: Dialect, m: &mut Mistakes<'_>) {
        let words = &self.words;
        let mut clash = |first: Option<Span>, second: Option<Span>, message: &str| {
            if let (Some(_), Some(span)) = (first, second) {
                m.add(rules::CONTRADICTION, span, message, "one of the two");
            }
        };
        let generated = words.generated.as_ref().map(|said| said.span);
        let default = words.default.as_ref().map(|said| said.span);
        let identity = words.identity.as_ref().map(|said| said.span);
        let sql_type = words.sql_type.as_ref().map(|said| said.span);
        clash(generated, default, "a generated column has no default");
        clash(generated, identity, "a generated column has no identity");
        clash(
            generated,
            words.backfill.as_ref().map(|said| said.span),
            "a generated column needs no `backfill`",
        );
        clash(identity, default, "a column with an identity has no default");
        let max_length = words.max_length.as_ref().map(|said| said.span);
        clash(sql_type, max_length, "`sql_type` and `max_length` both say the type");
        let key = Some(self.span).filter(|_| role.is_key && self.rust.is_nullable);
        clash(key, Some(self.type_span), "a column of the primary key is never NULL");
        let mut alone = |word: Option<Span>, name: &str, needs: &str, has: bool| {
            if let (Some(span), false) = (word, has) {
                let message = format!("`{name}` means nothing without `{needs}`");
                m.add(rules::CONTRADICTION, span, message, format!("there is no `{needs}`"));
            }
        };
        let has_key = words.references.is_some();
        alone(words.is_virtual.as_ref().map(|said| said.span), "virtual", "generated", generated.is_some());
        alone(words.on_delete.as_ref().map(|said| said.span), "on_delete", "references", has_key);
        alone(words.on_update.as_ref().map(|said| said.span), "on_update", "references", has_key);
        alone(words.deferrable.as_ref().map(|said| said.span), "deferrable", "references", has_key);
        self.identity_is_possible(role, dialect, m);
    }

    fn identity_is_possible(&self, role: Role, dialect: Dialect, m: &mut Mistakes<'_>) {
        let Some(identity) = &self.words.identity else { return };
        let says_integer = |sql: &str| sql.to_lowercase().contains("int");
        let is_integer = match &self.words.sql_type {
            Some(sql) if dialect == Dialect::Sqlite => sql.value.eq_ignore_ascii_case("integer"),
            Some(sql) => says_integer(&sql.value),
            None => self.rust.kind.is_integer(),
        };
        if !is_integer {
            m.add(rules::CONTRADICTION, identity.span, "only an integer can have an identity", "no integer");
        } else if dialect == Dialect::Sqlite && !role.is_only_key {
            let message = "SQLite numbers nothing but a primary key of one column";
            m.add(rules::CONTRADICTION, identity.span, message, "not the primary key");
        }
    }

    /// The span of the field's type.
    pub(super) fn type_span(&self) -> Span {
        self.type_span
    }
}

impl Resolved {
    /// So that one mistake does not become many; the finding is there already.
    fn unknown() -> Self {
        Self { sql: String::new(), values: None, diesel: DieselType::known("Text") }
    }
}

/// What `table!` calls an enum: what the enum says itself, else a type of its own, else a text.
fn diesel_enum(model: &EnumModel, dialect: Dialect) -> DieselType {
    let own = |ident: String| {
        DieselType::custom(SqlType {
            ident,
            postgres: Some(model.ty.name.clone()),
            mysql: Some("Enum".to_string()),
            sqlite: Some("Text".to_string()),
            postgres_schema: None,
        })
    };
    let path: &[String] = model.diesel.as_deref().unwrap_or_default();
    match path {
        [] if dialect == Dialect::Sqlite => DieselType::known("Text"),
        [] => own(camel_case(&model.ty.name)),
        [first, .., last] if first == "diesel" => DieselType::known(last),
        [text] if TEXTS.contains(&text.as_str()) => DieselType::known(text),
        [ident] => own(ident.clone()),
        [.., module, ident] if module == "sql_types" => own(ident.clone()),
        elsewhere => DieselType::known(elsewhere.join("::")),
    }
}

const TEXTS: [&str; 6] = ["Text", "Varchar", "VarChar", "Integer", "SmallInt", "BigInt"];

/// The types that a STRICT table of SQLite may have.
fn strict(sql: &str) -> &'static str {
    match sql {
        "SMALLINT" | "INTEGER" | "BIGINT" | "BOOLEAN" => "INTEGER",
        "FLOAT" | "DOUBLE" => "REAL",
        "BLOB" => "BLOB",
        _ => "TEXT",
    }
}
