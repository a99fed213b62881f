//! Casts that MySQL would do without a word although a value changes: rounding, cutting, numbers made of dates. A guard
//! stops before the table is touched. What strict mode refuses by itself has none. Pure.

use super::catalogue::ColumnEntry;
use super::name::{quoted, string};
use super::types::{Family, SqlType};

/// Rows that must not be there.
pub(super) struct Guard {
    /// What is wrong with them, as the comment says it.
    pub(super) reason: String,
    pub(super) condition: String,
}

impl Guard {
    /// Fails with "Subquery returns more than 1 row" where such a row is, and gives nothing otherwise. It mentions
    /// the row, lest a server evaluate it once for all.
    pub(super) fn sql(&self, table: &str, column: &str) -> String {
        let (table, column) = (quoted(table), quoted(column));
        format!(
            "SELECT (SELECT {table}.{column} UNION ALL SELECT {table}.{column}) AS lossy\n  FROM {table} WHERE {}",
            self.condition
        )
    }
}

/// The guard that this change of a column needs; `recoded` are enum values that get other names first.
pub(super) fn of(table: &str, old: &ColumnEntry, new: &ColumnEntry, recoded: &[&str]) -> Option<Guard> {
    let (from, to) = (SqlType::read(&old.ty), SqlType::read(&new.ty));
    if from == to || old.generated.is_some() || new.generated.is_some() {
        return None;
    }
    let column = quoted(&old.name);
    let condition = condition(&column, &from, &to, recoded)?;
    Some(Guard { reason: format!("a value of {table}.{} is no {}", old.name, new.ty), condition })
}

fn condition(column: &str, from: &SqlType, to: &SqlType, recoded: &[&str]) -> Option<String> {
    let any = || Some(format!("{column} IS NOT NULL"));
    match (from.family(), to.family()) {
        (Family::Integer | Family::Bool, Family::Integer | Family::Decimal | Family::Text) => None,
        (Family::Integer | Family::Decimal | Family::Float, Family::Bool) => {
            Some(format!("{column} NOT IN (0, 1)"))
        }
        (Family::Integer | Family::Bool | Family::Decimal | Family::Float, Family::Float) => {
            floating(column, from, to)
        }
        (Family::Decimal, Family::Integer) => Some(format!("{column} <> ROUND({column})")),
        (Family::Decimal, Family::Decimal) => {
            let (before, after) = (from.number(1)?, to.number(1)?);
            (after < before).then(|| format!("{column} <> ROUND({column}, {after})"))
        }
        (Family::Float, Family::Integer) => Some(format!("{column} <> ROUND({column})")),
        (Family::Float, Family::Decimal) => Some(format!("{column} <> ROUND({column}, {})", to.number(1)?)),
        (Family::Decimal, Family::Text) => None,
        (Family::Text, Family::Text) => shorter(column, from, to),
        (Family::Enum | Family::Json, Family::Text) => None,
        (Family::Text, Family::Json) => None,
        (Family::Text, Family::Enum | Family::Set) => Some(not_in(column, &to.arguments)),
        (Family::Text, Family::Integer) => {
            let kind = if to.is_unsigned { "UNSIGNED" } else { "SIGNED" };
            Some(round_trip(column, kind))
        }
        (Family::Text, Family::Bool) => Some(not_in(column, &["0".to_owned(), "1".to_owned()])),
        (Family::Text, Family::Date) => Some(round_trip(column, "DATE")),
        (Family::Text, Family::Timestamp) => Some(round_trip(column, &timed("DATETIME", to))),
        (Family::Text, Family::Time) => Some(round_trip(column, &timed("TIME", to))),
        (Family::Text, Family::Float) => Some(format!("{column} NOT REGEXP '^-?[0-9]+([.][0-9]+)?$'")),
        (Family::Text, Family::Decimal) => Some(match to.number(1)? {
            0 => format!("{column} NOT REGEXP '^-?[0-9]+$'"),
            digits => format!("{column} NOT REGEXP '^-?[0-9]+([.][0-9]{{1,{digits}}})?$'"),
        }),
        (Family::Date, Family::Timestamp) => None,
        (Family::Date | Family::Time | Family::Timestamp, Family::Text) => None,
        (Family::Timestamp, Family::Date) => Some(format!("TIME({column}) <> 0")),
        (Family::Timestamp, Family::Timestamp) | (Family::Time, Family::Time) => {
            let (before, after) = (from.number(0).unwrap_or(0), to.number(0).unwrap_or(0));
            let unit = 10_u32.pow(6 - after.min(6));
            (after < before).then(|| format!("MICROSECOND({column}) % {unit} <> 0"))
        }
        (Family::Enum, Family::Enum) | (Family::Set, Family::Set) => {
            let gone = |value: &&String| !to.arguments.contains(value) && !recoded.contains(&value.as_str());
            let gone: Vec<String> = from.arguments.iter().filter(gone).map(|value| string(value)).collect();
            // A removed member of a set is refused by strict mode.
            let is_guarded = !gone.is_empty() && from.family() == Family::Enum;
            is_guarded.then(|| format!("{column} IN ({})", gone.join(", ")))
        }
        (Family::Text | Family::Binary, Family::Binary) => shorter(column, from, to),
        // Bytes that are no text of the new character set are refused by strict mode.
        (Family::Binary, Family::Text) => shorter(column, from, to),
        // Nobody knows what it would become.
        _ => any(),
    }
}

/// Numbers beyond what a floating-point number holds exactly.
fn floating(column: &str, from: &SqlType, to: &SqlType) -> Option<String> {
    let (is_single, was_single) = (to.base == "float", from.base == "float");
    let is_small = matches!(from.base.as_str(), "tinyint" | "smallint" | "mediumint");
    match from.family() {
        Family::Bool => None,
        _ if is_small || was_single => None,
        Family::Integer if !is_single && from.base == "int" => None,
        Family::Integer if !is_single => Some(format!("ABS({column}) > 9007199254740992")),
        Family::Integer => Some(format!("ABS({column}) > 16777216")),
        Family::Decimal if !is_single && from.number(0)? <= 15 => None,
        _ if is_single => Some(format!("CAST({column} AS FLOAT) <> {column}")),
        Family::Decimal => Some(format!("ABS({column}) >= 1000000000000000")),
        _ => None,
    }
}

/// Strict mode takes a text that is too long by spaces alone; binary values are filled up with zeros.
fn shorter(column: &str, from: &SqlType, to: &SqlType) -> Option<String> {
    match (to.base.as_str(), to.number(0)) {
        ("binary", Some(length)) if from.base != "binary" || from.number(0) != Some(length) => {
            Some(format!("LENGTH({column}) <> {length}"))
        }
        ("char", Some(length)) if from.base != "char" => {
            Some(format!("CHAR_LENGTH({column}) > {length} OR LENGTH({column}) <> LENGTH(RTRIM({column}))"))
        }
        ("char" | "varchar", Some(length)) if from.number(0).is_none_or(|before| length < before) => {
            Some(format!("CHAR_LENGTH({column}) > {length}"))
        }
        _ => None,
    }
}

/// Values that would come back as others: `007` as 7.
fn round_trip(column: &str, kind: &str) -> String {
    format!("COALESCE(CAST(CAST({column} AS {kind}) AS CHAR), '') <> {column}")
}

fn timed(kind: &str, to: &SqlType) -> String {
    to.number(0).map_or(kind.to_owned(), |digits| format!("{kind}({digits})"))
}

/// A text that is no value but a number would be taken for the place of one.
fn not_in(column: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| string(value)).collect();
    format!("{column} NOT IN ({})", values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(from: &str, to: &str) -> Option<String> {
        let column =
            |ty: &str| ColumnEntry { name: "c".to_owned(), ty: ty.to_owned(), ..ColumnEntry::default() };
        of("t", &column(from), &column(to), &["sad"]).map(|guard| guard.condition)
    }

    #[test]
    fn casts_that_lose_silently_have_a_guard() {
        for (from, to, condition) in [
            ("decimal(10,2)", "decimal(10,0)", "`c` <> ROUND(`c`, 0)"),
            ("double", "int", "`c` <> ROUND(`c`)"),
            ("datetime", "date", "TIME(`c`) <> 0"),
            ("timestamp(6)", "timestamp(3)", "MICROSECOND(`c`) % 1000 <> 0"),
            ("varchar(20)", "varchar(10)", "CHAR_LENGTH(`c`) > 10"),
            ("text", "varchar(10)", "CHAR_LENGTH(`c`) > 10"),
            ("text", "enum('a')", "`c` NOT IN ('a')"),
            ("enum('a','sad','b')", "enum('a')", "`c` IN ('b')"),
            ("date", "time", "`c` IS NOT NULL"),
            ("geometry", "text", "`c` IS NOT NULL"),
            ("int", "tinyint(1)", "`c` NOT IN (0, 1)"),
        ] {
            assert_eq!(guard(from, to).as_deref(), Some(condition), "{from} {to}");
        }
    }

    #[test]
    fn casts_that_lose_nothing_or_are_refused_by_strict_mode_have_none() {
        for (from, to) in [
            ("int(11)", "INT"),
            ("int", "bigint"),
            ("bigint", "smallint"),
            ("varchar(10)", "text"),
            ("decimal(8,2)", "decimal(10,4)"),
            ("date", "datetime"),
            ("enum('a')", "enum('a','b')"),
        ] {
            assert_eq!(guard(from, to), None, "{from} {to}");
        }
    }
}
