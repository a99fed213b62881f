//! What is refused before anything is done to a table, because it would be lost or break without a word.

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::alter::Change;
use super::catalogue::{Catalogue, ColumnEntry, Entry};
use super::define;
use super::name::{is_same, mentions, quoted};
use super::scratch::Scratch;
use super::types::{Family, SqlType};
use crate::database::scratch::Error;
use crate::operation::Operation;

/// Triggers, procedures, functions and events that mention what goes or gets another name: no server changes their
/// texts, and none says so before they run.
pub(super) fn what_is_mentioned(
    catalogue: &Catalogue,
    operations: &[Operation],
    like: Option<&Catalogue>,
) -> Result<(), Error> {
    if like.is_some() {
        return Ok(());
    }
    for operation in operations {
        let (doing, table, column) = match operation {
            Operation::RenameTable { from, .. } => (format!("rename table `{from}`"), from, None),
            Operation::DropTable { name, .. } => (format!("drop table `{name}`"), name, None),
            Operation::RenameColumn { table, from, .. } => {
                (format!("rename `{table}.{from}`"), old_name(operations, table), Some(from))
            }
            Operation::DropColumn { table, column } => {
                (format!("drop `{table}.{}`", column.name), table, Some(&column.name))
            }
            _ => continue,
        };
        if let Some(what) = mention(catalogue, table, column) {
            let message = format!("{what} mentions it, and MySQL would find that out when it runs");
            return Err(Error::new(doing, message));
        }
    }
    Ok(())
}

fn old_name<'a>(operations: &'a [Operation], table: &'a String) -> &'a String {
    let old = operations.iter().find_map(|operation| match operation {
        Operation::RenameTable { from, to } if is_same(to, table) => Some(from),
        _ => None,
    });
    old.unwrap_or(table)
}

fn mention(catalogue: &Catalogue, table: &str, column: Option<&String>) -> Option<String> {
    let is_meant = |body: &str, is_own: bool| match column {
        Some(column) => (is_own || mentions(body, table)) && mentions(body, column),
        None => !is_own && mentions(body, table),
    };
    let trigger = catalogue
        .triggers
        .iter()
        .find(|trigger| is_meant(&trigger.body, is_same(&trigger.table, table)))
        .map(|trigger| format!("trigger `{}`", trigger.name));
    let routine =
        || catalogue.routines.iter().find(|(_, body)| is_meant(body, false)).map(|(name, _)| name.clone());
    trigger.or_else(routine)
}

/// Columns that are written anew and of which the server says more than we understand.
pub(super) fn what_is_not_known(database: &mut Scratch, changes: &[Change<'_>]) -> Result<(), Error> {
    for change in changes {
        let mut source = None;
        for (old, new) in change.kept().filter(|(old, new)| old != new) {
            let doing = format!("change `{}.{}`", change.before.name, old.name);
            if !old.strange.is_empty() {
                return Err(Error::new(doing, format!("its `{}` would be lost", old.strange)));
            }
            if has_unreadable_default(old) && old.default == new.default {
                return Err(Error::new(doing, "its default holds bytes that the server does not show"));
            }
            if source.is_none() {
                source = Some(database.source(&change.before.name)?);
            }
            if let Some(word) = source.as_deref().and_then(|source| unknown_word(source, old, change.before))
            {
                return Err(Error::new(doing, format!("its `{word}` would be lost")));
            }
        }
    }
    Ok(())
}

/// Without a server: columns whose definition may say what a schema does not, and would lose when it is written anew.
pub(super) fn what_no_schema_says(changes: &[Change<'_>]) -> Result<(), Error> {
    let is_time = |column: &ColumnEntry| SqlType::read(&column.ty).family() == Family::Timestamp;
    for change in changes {
        if change.before.charset != change.after.charset {
            let doing = format!("change the character set of `{}`", change.before.name);
            return Err(Error::new(doing, "the server alone says which columns follow it"));
        }
        if let Some((old, _)) = change.kept().find(|(old, new)| old != new && is_time(old)) {
            let doing = format!("change `{}.{}`", change.before.name, old.name);
            return Err(Error::new(doing, "the server alone says whether it changes with every row"));
        }
    }
    Ok(())
}

/// Without a server: what MySQL refuses and MariaDB does by itself.
pub(super) fn what_servers_rename_differently(
    before: &Catalogue,
    operations: &[Operation],
) -> Result<(), Error> {
    for operation in operations {
        let Operation::RenameColumn { table, from, .. } = operation else { continue };
        let Some(entry) = before.table(old_name(operations, table)) else { continue };
        let computed = entry.columns.iter().filter_map(|column| Some(&column.generated.as_ref()?.expression));
        let mut expressions = entry.checks.iter().map(|check| &check.expression).chain(computed);
        if expressions.any(|expression| mentions(expression, from)) {
            let message = "an expression mentions it, which MySQL and MariaDB treat differently";
            return Err(Error::new(format!("rename `{table}.{from}`"), message));
        }
    }
    Ok(())
}

/// The server shows defaults as text, and replaces what is none.
fn has_unreadable_default(column: &ColumnEntry) -> bool {
    let is_text = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '\\') || c == ' ';
    SqlType::read(&column.ty).family() == Family::Binary
        && column
            .default
            .as_ref()
            .is_some_and(|default| default.starts_with('\'') && !default.chars().all(is_text))
}

/// Words of a definition that say nothing which we do not write ourselves.
const KNOWN: [&str; 14] = [
    "character",
    "set",
    "collate",
    "null",
    "default",
    "generated",
    "always",
    "as",
    "virtual",
    "stored",
    "persistent",
    "check",
    "json_valid",
    "longtext",
];

/// A word in the server's own definition of a column that ours would lack.
fn unknown_word(source: &str, column: &ColumnEntry, table: &Entry) -> Option<String> {
    let start = quoted(&column.name) + " ";
    let line = source.lines().find_map(|line| line.trim_start().strip_prefix(&start))?;
    let ours = define::column(column, table);
    let known: Vec<String> = words(&ours.replace(['(', ')'], " ")).collect();
    let charset = column.collation.iter().chain(&table.collation).flat_map(|collation| {
        [collation.to_lowercase(), super::introspect::charset_of(collation).to_lowercase()]
    });
    let charset: Vec<String> = charset.chain(["utf8mb4".to_owned(), "utf8mb4_bin".to_owned()]).collect();
    words(line)
        .find(|word| !known.contains(word) && !charset.contains(word) && !KNOWN.contains(&word.as_str()))
}

/// Words outside of quotes and brackets, in small letters.
fn words(sql: &str) -> impl Iterator<Item = String> {
    let mut depth = 0_usize;
    tokens(sql, Dialect::Mysql).filter_map(move |token| {
        let text = &sql[token.range()];
        match text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        (depth == 0 && token.kind == Kind::Word && !is_number).then(|| text.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(line: &str) -> Option<String> {
        let column = ColumnEntry {
            name: "a".to_owned(),
            ty: "varchar(9)".to_owned(),
            comment: "storage".to_owned(),
            ..ColumnEntry::default()
        };
        unknown_word(&format!("CREATE TABLE `t` (\n  {line},\n)"), &column, &Entry::default())
    }

    #[test]
    fn a_clause_that_we_do_not_write_is_noticed() {
        assert_eq!(unknown("`a` varchar(9) CHARACTER SET utf8mb4 DEFAULT NULL COMMENT 'storage'"), None);
        let strange = unknown("`a` varchar(9) /*!50606 COLUMN_FORMAT DYNAMIC */ DEFAULT NULL");
        assert_eq!(strange.as_deref(), Some("column_format"));
    }

    #[test]
    fn defaults_that_are_no_text_are_unreadable() {
        let column = |default: &str| ColumnEntry {
            ty: "varbinary(9)".to_owned(),
            default: Some(default.to_owned()),
            ..ColumnEntry::default()
        };
        assert!(has_unreadable_default(&column("'\\0?'")));
        assert!(!has_unreadable_default(&column("'abc'")));
    }
}
