//! One table as a struct that derives `Schema`: every attribute that says what the database has, and no more. Pure.

use std::fmt::Write as _;

use schema_build::models::rust::{default_type, ident_for, literal, written};
use schema_build::schema::{
    Action, Check, Column, ColumnType, Deferrable, ForeignKey, Identity, Index, IndexItem, Options, Table,
    Unique,
};

use super::names::{self, Names};
use super::types::{self, Library};
use crate::dialect::Dialect;

/// The module of a table: its text, and the crates that it needs.
pub(super) fn write<D: Dialect>(
    dialect: &D,
    names: &Names,
    name: &str,
    table: &Table,
) -> (String, Vec<Library>) {
    let fields = names::fields(&table.columns, names.ident(name));
    let writer = Writer { dialect, names, name, table, fields };
    let fields: Vec<Field> = (0..table.columns.len()).map(|at| writer.field(at)).collect();
    let libraries = fields.iter().filter_map(|field| field.library).collect();
    (writer.text(&fields), libraries)
}

struct Writer<'a, D> {
    dialect: &'a D,
    names: &'a Names,
    name: &'a str,
    table: &'a Table,
    /// The columns' names in Rust, in their order.
    fields: Vec<String>,
}

struct Field {
    ident: String,
    /// `None`: nothing that Diesel could read.
    ty: Option<String>,
    library: Option<Library>,
    words: Vec<String>,
}

impl<D: Dialect> Writer<'_, D> {
    fn text(&self, fields: &[Field]) -> String {
        let is_readable = fields.iter().all(|field| field.ty.is_some());
        let mut text = String::new();
        if is_readable {
            text.push_str("use diesel::prelude::*;\n\n");
        }
        let _ = writeln!(text, "/// A row of `{}`.", self.name);
        let _ = writeln!(text, "#[derive({})]", self.derives(fields, is_readable));
        let _ = writeln!(text, "#[diesel(table_name = crate::schema::{})]", self.path());
        if let Some(key) = self.key_words() {
            let _ = writeln!(text, "#[diesel(primary_key({key}))]");
        }
        for words in self.words() {
            let _ = writeln!(text, "#[schema({words})]");
        }
        let _ = writeln!(text, "pub struct {} {{", self.names.of_struct(self.name));
        for (field, column) in fields.iter().zip(&self.table.columns) {
            if !field.words.is_empty() {
                let _ = writeln!(text, "    #[schema({})]", field.words.join(", "));
            }
            // What Diesel cannot read is never read; the field says no more than its attributes.
            let unread = if column.is_nullable { "Option<String>" } else { "String" };
            let ty = field.ty.as_deref().unwrap_or(unread);
            let _ = writeln!(text, "    pub {}: {ty},", written(&field.ident));
        }
        text + "}\n"
    }

    fn derives(&self, fields: &[Field], is_readable: bool) -> String {
        let key = self.key();
        let is_hashed =
            self.table.columns.iter().zip(fields).filter(|(column, _)| key.contains(&column.name));
        let is_hashed =
            is_hashed.into_iter().all(|(_, field)| field.ty.as_deref().is_some_and(types::is_hashed));
        let diesel = match (is_readable, is_hashed) {
            (false, _) => "",
            (true, false) => "Queryable, Selectable, ",
            (true, true) => "Queryable, Selectable, Identifiable, ",
        };
        format!("Debug, Clone, {diesel}schema_runtime::Schema")
    }

    fn path(&self) -> String {
        let ident = written(self.names.ident(self.name));
        match self.name.rsplit_once('.') {
            Some((schema, _)) => format!("{}::{ident}", written(schema)),
            None => ident,
        }
    }

    fn key(&self) -> &[String] {
        self.table.primary_key.as_ref().map_or(&[], |key| &key.columns)
    }

    /// The key, unless it is the field `id`, which needs no word.
    fn key_words(&self) -> Option<String> {
        let key = self.idents(self.key());
        (key != "id").then_some(key)
    }

    fn ident<'w>(&'w self, column: &'w str) -> &'w str {
        let at = self.table.columns.iter().position(|other| self.dialect.is_same(&other.name, column));
        at.map_or(column, |at| &self.fields[at])
    }

    fn idents(&self, columns: &[String]) -> String {
        columns.iter().map(|column| written(self.ident(column))).collect::<Vec<_>>().join(", ")
    }

    /// What is said of the table, one line each.
    fn words(&self) -> Vec<String> {
        let own = self.name.rsplit_once('.');
        let sql_name = own.map_or(self.name, |(_, name)| name);
        let name =
            (sql_name != self.names.ident(self.name)).then(|| format!("sql_name = {}", literal(sql_name)));
        let schema = own.map(|(schema, _)| format!("schema = {}", literal(schema)));
        let comment = self.table.comment.as_ref().map(|text| format!("comment = {}", literal(text)));
        let uniques =
            self.table.uniques.iter().filter(|unique| !is_of_field(unique)).map(|it| self.unique(it));
        let indexes = self.table.indexes.iter().filter(|index| !is_plain(index)).map(|it| self.index(it));
        let keys = self.table.foreign_keys.iter().enumerate();
        let keys = keys.filter(|(at, _)| !self.is_key_of_field(*at)).map(|(_, key)| self.foreign_key(key));
        schema
            .into_iter()
            .chain(name)
            .chain(options(&self.table.options))
            .chain(uniques)
            .chain(indexes)
            .chain(keys)
            .chain(self.table.checks.iter().map(check))
            .chain(comment)
            .collect()
    }

    fn unique(&self, unique: &Unique) -> String {
        format!("unique({})", self.idents(&unique.columns))
    }

    fn index(&self, index: &Index) -> String {
        let mut words: Vec<String> = index.items.iter().map(|item| self.item(item)).collect();
        words.extend(index.is_unique.then(|| "unique".to_owned()));
        words.extend(index.condition.as_ref().map(|sql| format!("where = {}", literal(sql))));
        words.extend(index.method.as_ref().map(|method| format!("method = {}", literal(method))));
        if !index.include.is_empty() {
            words.push(format!("include({})", self.idents(&index.include)));
        }
        words.extend(index.name.as_ref().map(|name| format!("name = {}", literal(name))));
        format!("index({})", words.join(", "))
    }

    fn item(&self, item: &IndexItem) -> String {
        match item {
            IndexItem::Sql(sql) => literal(sql),
            IndexItem::Column { name, is_descending, collation: None } => {
                let ident = written(self.ident(name));
                if *is_descending { format!("desc({ident})") } else { ident }
            }
            IndexItem::Column { name, is_descending, collation: Some(collation) } => {
                let order = if *is_descending { " DESC" } else { "" };
                literal(&format!("\"{}\" COLLATE {collation}{order}", name.replace('"', "\"\"")))
            }
        }
    }

    fn foreign_key(&self, key: &ForeignKey) -> String {
        let words = key_words(key).into_iter();
        let words: String = words.map(|word| format!(", {word}")).collect();
        format!("foreign_key({}, references = {}{words})", self.idents(&key.columns), self.target(key))
    }

    /// `users`, `users(email)`; columns by the names of the database, which are found as well.
    fn target(&self, key: &ForeignKey) -> String {
        let table = match self.names.has(&key.table) && !key.table.contains('.') {
            true => written(self.names.ident(&key.table)),
            false => literal(&key.table),
        };
        if key.references.is_empty() || key.references == self.names.key(&key.table) {
            return table;
        }
        let plain = |column: &String| match ident_for(column) == *column {
            true => column.clone(),
            false => literal(column),
        };
        let columns: Vec<String> = key.references.iter().map(plain).collect();
        format!("{table}({})", columns.join(", "))
    }

    /// Whether the key is said at its field: the first one of that column alone.
    fn is_key_of_field(&self, at: usize) -> bool {
        let key = &self.table.foreign_keys[at];
        key.columns.len() == 1
            && !self.table.foreign_keys[..at].iter().any(|other| other.columns == key.columns)
    }

    fn field(&self, at: usize) -> Field {
        let column = &self.table.columns[at];
        let ident = self.fields[at].clone();
        let sql = sql_of(column);
        let rust = types::rust(sql, self.dialect.engine());
        let (ty, library) = rust.map_or((None, None), |(ty, library)| (Some(ty), library));
        let mut words = Vec::new();
        words.extend((ident != column.name).then(|| format!("sql_name = {}", literal(&column.name))));
        words.extend(self.type_words(column, ty.as_deref()));
        words.extend(column.identity.map(identity));
        words.extend(self.part_words(&column.name));
        words.extend(column.default.as_ref().map(|sql| format!("default = {}", value(sql))));
        if let Some(made) = &column.generated {
            words.push(format!("generated = {}", literal(&made.expression)));
            words.extend((!made.is_stored).then(|| "virtual".to_owned()));
        }
        words.extend(column.collation.as_ref().map(|name| format!("collate = {}", literal(name))));
        words.extend(column.comment.as_ref().map(|text| format!("comment = {}", literal(text))));
        let ty = ty.map(|ty| if column.is_nullable { format!("Option<{ty}>") } else { ty });
        Field { ident, ty, library, words }
    }

    /// What the Rust type does not say of the column's.
    fn type_words(&self, column: &Column, rust: Option<&str>) -> Option<String> {
        let sql = sql_of(column);
        let is = |other: &str| {
            self.dialect.is_type(&ColumnType::Sql(sql.to_owned()), &ColumnType::Sql(other.to_owned()))
        };
        let engine = self.dialect.engine();
        let default = rust.and_then(|rust| default_type(rust, engine));
        let is_number = matches!(rust, Some("i16" | "i32" | "i64"));
        let is_only_key = matches!(self.key(), [only] if self.dialect.is_same(only, &column.name));
        let default = match default {
            // Models take the only key for SQLite's row number, unless they say otherwise.
            Some(_) if is_number && is_only_key && self.dialect.fills_key("INTEGER") => {
                Some("INTEGER".to_owned())
            }
            default => default,
        };
        if default.is_some_and(|default| is(&default)) {
            return None;
        }
        let length =
            sql.split_once('(').and_then(|(_, rest)| rest.trim_end_matches(')').trim().parse::<u32>().ok());
        match length.filter(|length| rust == Some("String") && is(&format!("VARCHAR({length})"))) {
            Some(length) => Some(format!("max_length = {length}")),
            None => Some(format!("sql_type = {}", literal(sql))),
        }
    }

    /// Keys and indexes of this column alone.
    fn part_words(&self, column: &str) -> Vec<String> {
        let is_own = |columns: &[String]| matches!(columns, [only] if self.dialect.is_same(only, column));
        let mut words = Vec::new();
        if self.table.uniques.iter().any(|unique| is_of_field(unique) && is_own(&unique.columns)) {
            words.push("unique".to_owned());
        }
        let is_indexed = |index: &&Index| match index.items.as_slice() {
            [IndexItem::Column { name, .. }] => is_plain(index) && self.dialect.is_same(name, column),
            _ => false,
        };
        if self.table.indexes.iter().any(|index| is_indexed(&index)) {
            words.push("index".to_owned());
        }
        let keys = self.table.foreign_keys.iter().enumerate();
        for (_, key) in keys.filter(|(at, key)| self.is_key_of_field(*at) && is_own(&key.columns)) {
            words.push(format!("references = {}", self.target(key)));
            words.extend(key_words(key));
        }
        words
    }
}

fn sql_of(column: &Column) -> &str {
    match &column.ty {
        ColumnType::Sql(sql) | ColumnType::Diesel { name: sql, .. } => sql,
    }
}

/// Said at its field: a name that somebody chose would be lost there, and matters to nobody.
fn is_of_field(unique: &Unique) -> bool {
    unique.columns.len() == 1
}

/// Said at its field: an index over one column and nothing more.
fn is_plain(index: &Index) -> bool {
    let is_column =
        matches!(index.items.as_slice(), [IndexItem::Column { is_descending: false, collation: None, .. }]);
    is_column
        && !index.is_unique
        && index.condition.is_none()
        && index.method.is_none()
        && index.include.is_empty()
}

fn options(options: &Options) -> Vec<String> {
    let strict = options.is_strict.then(|| "strict".to_owned());
    let without_rowid = options.is_without_rowid.then(|| "without_rowid".to_owned());
    let engine = options.engine.as_ref().map(|engine| format!("engine = {}", literal(engine)));
    let charset = options.charset.as_ref().map(|charset| format!("charset = {}", literal(charset)));
    [strict, without_rowid, engine, charset].into_iter().flatten().collect()
}

fn check(check: &Check) -> String {
    let name = check.name.as_ref().map_or(String::new(), |name| format!(", name = {}", literal(name)));
    format!("check({}{name})", literal(&check.expression))
}

fn key_words(key: &ForeignKey) -> Vec<String> {
    let action = |word: &str, action: Action| {
        let sql = match action {
            Action::NoAction => return None,
            Action::Restrict => "restrict",
            Action::Cascade => "cascade",
            Action::SetNull => "set null",
            Action::SetDefault => "set default",
        };
        Some(format!("{word} = \"{sql}\""))
    };
    let deferrable = match key.deferrable {
        Deferrable::Not => None,
        Deferrable::Immediate => Some("deferrable".to_owned()),
        Deferrable::Deferred => Some("deferrable = \"deferred\"".to_owned()),
    };
    [action("on_delete", key.on_delete), action("on_update", key.on_update), deferrable]
        .into_iter()
        .flatten()
        .collect()
}

fn identity(identity: Identity) -> String {
    match identity {
        Identity::ByDefault => "identity".to_owned(),
        Identity::Always => "identity = \"always\"".to_owned(),
    }
}

/// A plain number as it is, all else as a text.
fn value(sql: &str) -> String {
    match sql.parse::<u32>() {
        Ok(number) if number.to_string() == sql => sql.to_owned(),
        _ => literal(sql),
    }
}
