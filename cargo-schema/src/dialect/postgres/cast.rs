//! What a column's values become when its type changes: the cast that PostgreSQL would not find by itself, and the
//! condition on values that would not survive it. Pure.

use schema_build::statement;
use schema_runtime::dialect::Dialect;

use super::types::is_custom;

/// What types have in common when values are cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int(u8),
    Float(u8),
    Numeric,
    Text,
    Bytes,
    Bool,
    Date,
    Timestamp,
    Timestamptz,
    Time,
    Json,
    Address,
    Custom,
    Other,
}

fn kind(ty: &str) -> Kind {
    let base = ty.split('(').next().unwrap_or(ty);
    match base {
        "SMALLINT" | "SMALLSERIAL" => Kind::Int(2),
        "INTEGER" | "SERIAL" => Kind::Int(4),
        "BIGINT" | "BIGSERIAL" => Kind::Int(8),
        "REAL" => Kind::Float(4),
        "DOUBLE PRECISION" => Kind::Float(8),
        "NUMERIC" => Kind::Numeric,
        "TEXT" | "VARCHAR" | "CHAR" | "BPCHAR" | "NAME" => Kind::Text,
        "BYTEA" => Kind::Bytes,
        "BOOLEAN" => Kind::Bool,
        "DATE" => Kind::Date,
        "TIMESTAMP" => Kind::Timestamp,
        "TIMESTAMPTZ" => Kind::Timestamptz,
        "TIME" | "TIMETZ" => Kind::Time,
        "JSON" | "JSONB" => Kind::Json,
        "INET" | "CIDR" => Kind::Address,
        _ if is_custom(ty) => Kind::Custom,
        _ => Kind::Other,
    }
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int(_) | Kind::Float(_) | Kind::Numeric)
}

fn is_moment(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Timestamp | Kind::Timestamptz)
}

/// The value of `column` (SQL) as the new type, where PostgreSQL would not come to it by itself, or would do so by the
/// settings of the session. `new_sql` is the new type as SQL.
pub(super) fn using(column: &str, old: &str, new: &str, new_sql: &str) -> Option<String> {
    if let (Some(left), Some(right)) = (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        let is_automatic = using(column, left, right, new_sql).is_none();
        let through = if kind(left) == Kind::Text { "" } else { "::text[]" };
        return (!is_automatic).then(|| format!("{column}{through}::{new_sql}"));
    }
    let (from, to) = (kind(old), kind(new));
    match (from, to) {
        _ if old == new => None,
        (Kind::Timestamp, Kind::Timestamptz) | (Kind::Timestamptz, Kind::Timestamp) => {
            Some(format!("{column} AT TIME ZONE 'UTC'"))
        }
        (Kind::Date, Kind::Timestamptz) => Some(format!("{column}::TIMESTAMP AT TIME ZONE 'UTC'")),
        (Kind::Timestamptz, Kind::Date) => Some(format!("({column} AT TIME ZONE 'UTC')::DATE")),
        // A plain cast takes a backslash in a text for the beginning of a byte, and gives bytes as `\\x41`.
        (Kind::Text, Kind::Bytes) => Some(format!("pg_catalog.convert_to({column}, 'UTF8')")),
        (Kind::Bytes, Kind::Text) => Some(format!("pg_catalog.convert_from({column}, 'UTF8')")),
        // Without it, `10.0.0.1` comes back as `10.0.0.1/32`.
        (Kind::Address, Kind::Text) if new == "TEXT" => Some(format!("pg_catalog.abbrev({column})")),
        (_, Kind::Text) | (Kind::Json, Kind::Json) | (Kind::Address, Kind::Address) => None,
        _ if is_number(from) && is_number(to)
            || is_moment(from) && is_moment(to)
            || from == to && from != Kind::Custom && from != Kind::Other =>
        {
            None
        }
        (Kind::Timestamp, Kind::Time) => None,
        (Kind::Int(4), Kind::Bool) | (Kind::Bool, Kind::Int(4)) | (Kind::Text, _) => {
            Some(format!("{column}::{new_sql}"))
        }
        (_, Kind::Bool) if is_number(from) => Some(format!("{column}::INTEGER::BOOLEAN")),
        (Kind::Bool, _) if is_number(to) => Some(format!("{column}::INTEGER::{new_sql}")),
        _ => Some(format!("{column}::TEXT::{new_sql}")),
    }
}

/// Whether a default is converted with its column and says afterwards what it would say if it were set anew: a number
/// among numbers, a text where the length alone changes.
pub(super) fn carries(default: &str, old: &str, new: &str) -> bool {
    let name = |ty: &str| ty.split('(').next().unwrap_or_default().to_owned();
    match (kind(old), kind(new)) {
        _ if old.ends_with("[]") || new.ends_with("[]") => false,
        (Kind::Text, Kind::Text) => name(old) == name(new) && is_text(default),
        (from, to) => {
            let digits = default.strip_prefix('-').unwrap_or(default);
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            is_number(from) && is_number(to) && is_plain && digits.parse::<f64>().is_ok()
        }
    }
}

/// Whether this is one string, and nothing else.
fn is_text(sql: &str) -> bool {
    let mut tokens = statement::tokens(sql, Dialect::Postgres);
    tokens
        .next()
        .is_some_and(|token| token.kind == statement::Kind::String && token.range() == (0..sql.len()))
}

/// The condition on rows whose value would be another one; `None` where the cast fails by itself, or loses nothing.
pub(super) fn loss(column: &str, old: &str, new: &str, old_sql: &str, new_sql: &str) -> Option<String> {
    if let (Some(left), Some(right)) = (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        loss(column, left, right, old_sql, new_sql)?;
        return Some(format!("{column}::{new_sql}::{old_sql} IS DISTINCT FROM {column}"));
    }
    let there_and_back = || Some(format!("{column}::{new_sql}::{old_sql} IS DISTINCT FROM {column}"));
    match (kind(old), kind(new)) {
        (Kind::Text, Kind::Int(_)) => Some(format!("{column}::{new_sql}::TEXT <> btrim({column})")),
        (Kind::Text, Kind::Date) => Some(format!("{column}::TIMESTAMP <> {column}::DATE")),
        (Kind::Float(_) | Kind::Numeric, Kind::Int(_)) | (Kind::Float(8), Kind::Float(4)) => there_and_back(),
        (Kind::Int(8), Kind::Float(_)) | (Kind::Int(4), Kind::Float(4)) | (Kind::Numeric, Kind::Float(_)) => {
            there_and_back()
        }
        (Kind::Numeric | Kind::Float(_), Kind::Numeric) if narrows(old, new) => there_and_back(),
        (Kind::Timestamp, Kind::Date) => there_and_back(),
        (Kind::Timestamptz, Kind::Date) => {
            Some(format!("({column} AT TIME ZONE 'UTC')::DATE <> {column} AT TIME ZONE 'UTC'"))
        }
        (Kind::Timestamp | Kind::Timestamptz, Kind::Time) => Some(format!("{column} IS NOT NULL")),
        (Kind::Timestamp, Kind::Timestamp)
        | (Kind::Timestamptz, Kind::Timestamptz)
        | (Kind::Time, Kind::Time)
            if narrows(old, new) =>
        {
            there_and_back()
        }
        (from, Kind::Bool) if is_number(from) => Some(format!("{column} NOT IN (0, 1)")),
        (_, _) => None,
    }
}

/// Whether a type has fewer digits behind the point than another of its kind.
fn narrows(old: &str, new: &str) -> bool {
    let digits = |ty: &str| {
        let arguments = ty.split_once('(')?.1.trim_end_matches(')');
        arguments.rsplit(',').next()?.parse::<u8>().ok()
    };
    match (digits(old), digits(new)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => new < old,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(old: &str, new: &str) -> (Option<String>, Option<String>) {
        (using("c", old, new, new), loss("c", old, new, old, new))
    }

    #[test]
    fn free_changes_say_nothing() {
        for (old, new) in [
            ("INTEGER", "BIGINT"),
            ("VARCHAR(20)", "TEXT"),
            ("TEXT", "VARCHAR(20)"),
            ("UUID", "TEXT"),
            ("JSON", "JSONB"),
            ("NUMERIC(10,2)", "NUMERIC(12,4)"),
            ("INTEGER[]", "BIGINT[]"),
        ] {
            assert_eq!(cast(old, new), (None, None), "{old} {new}");
        }
    }

    #[test]
    fn a_default_is_carried_where_it_is_said_alike_before_and_after() {
        for (default, old, new) in [
            ("0", "INTEGER", "BIGINT"),
            ("-1.5", "NUMERIC(10,2)", "DOUBLE PRECISION"),
            ("'it''s'", "VARCHAR(20)", "VARCHAR(200)"),
        ] {
            assert!(carries(default, old, new), "{default} {old} {new}");
        }
        for (default, old, new) in [
            ("1 + 1", "INTEGER", "BIGINT"),
            ("nan", "REAL", "NUMERIC"),
            ("0", "INTEGER", "TEXT"),
            ("'a'", "VARCHAR(20)", "TEXT"),
            ("'a'::text", "VARCHAR(20)", "VARCHAR(30)"),
            ("'{}'", "VARCHAR(20)[]", "VARCHAR(30)[]"),
        ] {
            assert!(!carries(default, old, new), "{default} {old} {new}");
        }
    }

    #[test]
    fn what_would_be_rounded_is_looked_for() {
        for (old, new) in [
            ("DOUBLE PRECISION", "INTEGER"),
            ("NUMERIC(12,4)", "NUMERIC(12,2)"),
            ("TIMESTAMP", "DATE"),
            ("TIMESTAMP(6)", "TIMESTAMP(3)"),
        ] {
            assert_eq!(cast(old, new), (None, Some(format!("c::{new}::{old} IS DISTINCT FROM c"))));
        }
    }

    #[test]
    fn casts_are_spelled_where_the_server_would_not_make_them() {
        let using = |old: &str, new: &str| cast(old, new).0;
        assert_eq!(using("TEXT", "INTEGER").as_deref(), Some("c::INTEGER"));
        assert_eq!(using("BIGINT", "BOOLEAN").as_deref(), Some("c::INTEGER::BOOLEAN"));
        assert_eq!(using("mood", "state").as_deref(), Some("c::TEXT::state"));
        assert_eq!(using("TIMESTAMP", "TIMESTAMPTZ").as_deref(), Some("c AT TIME ZONE 'UTC'"));
        assert_eq!(using("mood[]", "TEXT[]"), None);
        assert_eq!(using("TEXT", "BYTEA").as_deref(), Some("pg_catalog.convert_to(c, 'UTF8')"));
        assert_eq!(using("INET", "TEXT").as_deref(), Some("pg_catalog.abbrev(c)"));
        assert_eq!(using("TEXT[]", "mood[]").as_deref(), Some("c::mood[]"));
    }
}
