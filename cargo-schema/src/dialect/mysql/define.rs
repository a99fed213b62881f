//! Definitions as SQL: columns whole, for MODIFY forgets what it is not told, keys, checks and tables. Pure.

use schema_build::schema::{Action, ForeignKey};
use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::catalogue::{CheckEntry, ColumnEntry, Entry, KeyEntry, KeyItem};
use super::introspect::charset_of;
use super::name::{list, quoted, string};
use super::types::{Family, SqlType};

/// A column of this table, everything that is known of it included.
pub(super) fn column(column: &ColumnEntry, table: &Entry) -> String {
    let ty = SqlType::read(&column.ty);
    let mut sql = format!("{} {}", quoted(&column.name), column.ty);
    let collation =
        column.collation.as_ref().filter(|&collation| Some(collation) != table.collation.as_ref());
    if let Some(collation) = collation.filter(|_| ty.has_charset()) {
        sql += &format!(" CHARACTER SET {} COLLATE {collation}", charset_of(collation));
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.is_stored { "STORED" } else { "VIRTUAL" };
        sql += &format!(" GENERATED ALWAYS AS ({}) {kind}", generated.expression);
    }
    if !column.is_nullable {
        sql += " NOT NULL";
    } else if column.generated.is_none() && ty.base == "timestamp" {
        // Said, because some servers take a TIMESTAMP for NOT NULL.
        sql += " NULL";
    }
    if column.is_invisible {
        sql += " INVISIBLE";
    }
    if let Some(default) = &column.default {
        sql += &format!(" DEFAULT {}", self::default(default, &ty));
    }
    if let Some(on_update) = &column.on_update {
        sql += &format!(" ON UPDATE {on_update}");
    }
    if column.is_numbered {
        sql += " AUTO_INCREMENT";
    }
    if !column.comment.is_empty() {
        sql += &format!(" COMMENT {}", string(&column.comment));
    }
    column.check.iter().for_each(|check| sql += &format!(" CHECK ({check})"));
    sql
}

/// MySQL wants brackets around every default that is no literal, and around every one of a long text.
fn default(sql: &str, ty: &SqlType) -> String {
    let words: Vec<(Kind, &str)> = tokens(sql, Dialect::Mysql)
        .filter(|token| token.kind != Kind::Comment)
        .map(|token| (token.kind, &sql[token.range()]))
        .collect();
    let is_long = matches!(ty.family(), Family::Text | Family::Binary | Family::Json)
        && !matches!(ty.base.as_str(), "char" | "varchar" | "binary" | "varbinary");
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_literal = match words.as_slice() {
        [(Kind::String, _)] => true,
        [(Kind::Word, word)] => {
            is_number(word) || ["null", "true", "false"].iter().any(|other| word.eq_ignore_ascii_case(other))
        }
        [(Kind::Symbol, "-" | "+" | "."), (Kind::Word, word), rest @ ..]
        | [(Kind::Word, word), rest @ ..]
            if is_number(word) =>
        {
            rest.iter().all(|(_, text)| matches!(*text, "." | "-" | "+") || is_number(text))
        }
        _ => false,
    };
    let is_time = words.first().is_some_and(|(_, word)| {
        ["current_timestamp", "now", "localtime", "localtimestamp"]
            .iter()
            .any(|time| word.eq_ignore_ascii_case(time))
    }) && words.len() <= 4;
    let is_null = sql.eq_ignore_ascii_case("null");
    if is_null || is_time || is_literal && !is_long || is_wrapped(&words) {
        sql.to_owned()
    } else {
        format!("({sql})")
    }
}

fn is_wrapped(words: &[(Kind, &str)]) -> bool {
    let mut depth = 0_usize;
    let last = words.len().saturating_sub(1);
    words.first().is_some_and(|(_, text)| *text == "(")
        && words.iter().enumerate().all(|(place, (_, text))| {
            match *text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 || place == last
        })
}

/// `PRIMARY KEY (..)`, `UNIQUE KEY name (..)`, `FULLTEXT KEY name (..)`, `KEY name (..)`.
pub(super) fn key(key: &KeyEntry) -> String {
    let items = key.items.iter().map(KeyItem::sql).collect::<Vec<_>>().join(", ");
    if key.is_primary() {
        return format!("PRIMARY KEY ({items})");
    }
    let method = key.method.to_uppercase();
    let (before, after) = match method.as_str() {
        "FULLTEXT" | "SPATIAL" => (format!("{method} "), String::new()),
        "HASH" | "RTREE" => (String::new(), format!(" USING {method}")),
        _ => (String::new(), String::new()),
    };
    let unique = if key.is_unique { "UNIQUE " } else { "" };
    let comment =
        if key.comment.is_empty() { String::new() } else { format!(" COMMENT {}", string(&key.comment)) };
    format!("{unique}{before}KEY {} ({items}){after}{comment}", quoted(&key.name))
}

/// `CONSTRAINT name FOREIGN KEY (..) REFERENCES ..`.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let mut sql = format!(
        "{}FOREIGN KEY ({}) REFERENCES {} ({})",
        constraint(key.name.as_deref().unwrap_or_default()),
        list(&key.columns),
        key.table.split('.').map(quoted).collect::<Vec<_>>().join("."),
        list(&key.references)
    );
    for (when, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            Action::NoAction | Action::Restrict => continue,
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        sql += &format!(" ON {when} {action}");
    }
    sql
}

/// `CONSTRAINT name CHECK (..)`.
pub(super) fn check(check: &CheckEntry) -> String {
    let ignored = if check.is_ignored { " NOT ENFORCED" } else { "" };
    format!("{}CHECK ({}){ignored}", constraint(&check.name), check.expression)
}

fn constraint(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("CONSTRAINT {} ", quoted(name)) }
}

/// `CREATE TABLE ..`, without the foreign keys that are added later.
pub(super) fn table(entry: &Entry, later: &[ForeignKey]) -> String {
    let columns = entry.columns.iter().map(|written| column(written, entry));
    let keys = entry.keys.iter().map(key);
    let checks = entry.checks.iter().map(check);
    let foreign = entry.foreign_keys.iter().filter(|key| !later.contains(key)).map(foreign_key);
    let lines: Vec<String> = columns.chain(keys).chain(checks).chain(foreign).collect();
    let options = options(None, entry).join(" ");
    let space = if options.is_empty() { "" } else { " " };
    format!("CREATE TABLE {} (\n  {}\n){space}{options}", quoted(&entry.name), lines.join(",\n  "))
}

/// What is to be said of the table itself, as far as it was another before.
pub(super) fn options(before: Option<&Entry>, after: &Entry) -> Vec<String> {
    let mut options = Vec::new();
    let is_new = |get: fn(&Entry) -> &Option<String>| {
        get(after).is_some() && before.is_none_or(|before| get(before) != get(after))
    };
    if is_new(|entry| &entry.engine) {
        options.push(format!("ENGINE = {}", after.engine.as_deref().unwrap_or_default()));
    }
    if is_new(|entry| &entry.charset) {
        options.push(format!("DEFAULT CHARACTER SET = {}", after.charset.as_deref().unwrap_or_default()));
    }
    if is_new(|entry| &entry.collation) {
        options.push(format!("COLLATE = {}", after.collation.as_deref().unwrap_or_default()));
    }
    if before.map_or("", |before| before.comment.as_str()) != after.comment {
        options.push(format!("COMMENT = {}", string(&after.comment)));
    }
    options
}
