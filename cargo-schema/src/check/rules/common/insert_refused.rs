//! `insert-refused`.

use schema_runtime::dialect::Dialect;

use crate::check::catalogue;
use crate::check::rules::prelude::*;
use crate::check::sql::act::Insert;
use crate::check::sql::part::Type;

pub(super) static RULE: Rule = Rule {
    id: "insert-refused",
    level: Deny,
    ways: Up,
    about: "a row is inserted that the table refuses",
    why: "There are more or fewer values than columns, a column that must have a value gets none, or a value does not \
          fit its type. The statement fails, and the migration with it.",
    instead: "Give every column that needs one a value, and one that fits:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'a');",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, code varchar(3), age smallint);",
            "INSERT INTO users VALUES (3, 'c', 'x', 4, 5);",
            Claim::Fails("42601"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, code varchar(3), age smallint);",
            "INSERT INTO users (id, age) VALUES (3, 3);",
            Claim::Fails("23502"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, code varchar(3), age smallint);",
            "INSERT INTO users (id, email, code) VALUES (3, 'c', 'long');",
            Claim::Fails("22001"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, code varchar(3), age smallint);",
            "INSERT INTO users (id, email, age) VALUES (3, 'c', 40000);",
            Claim::Fails("22003"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, code varchar(3), age smallint);",
            "INSERT INTO users (id, email, age) VALUES (3, 'c', 'old');",
            Claim::Fails("22P02"),
        ),
        quiet(
            "CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL DEFAULT '', code varchar(3), age smallint);",
            "INSERT INTO users (code, age) VALUES ('abc  ', '12'), (NULL, -32768); INSERT INTO users VALUES (DEFAULT, 'e');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    // What nobody can read may have made a trigger that fills columns.
    let is_certain = |known: &Table| site.catalogue.is_certain(known.born);
    let is_known = |known: &&Table| !known.is_vague && !known.columns.is_empty() && is_certain(known);
    let Some(known) = site.table(&insert.table).filter(is_known).filter(|_| !site.is_inner) else { return };
    let rows = insert.rows.iter().filter(|row| !matches!(row.as_slice(), [only] if only.is_empty()));
    if let Some(reason) = rows.into_iter().find_map(|row| refused(site, insert, known, row)) {
        hits.push(
            Hit::new(&site.verb_on(), format!("`{}` refuses this: {reason}", insert.table))
                .help("give every column that needs one a value, and one that fits"),
        );
    }
}

fn refused(site: &Site<'_>, insert: &Insert, known: &Table, row: &[String]) -> Option<String> {
    let columns = targets(site, insert, known);
    // What is not named is filled from the left on PostgreSQL, and MySQL has columns that are not filled so.
    let may_lack = !insert.names_columns && site.script.dialect != Dialect::Sqlite;
    if columns.len() < row.len() || (columns.len() > row.len() && !may_lack) {
        return Some(format!("it has {} values for {} columns", row.len(), columns.len()));
    }
    if insert.conflict.is_some() || insert.is_upsert {
        return None;
    }
    let value = |column: &str| {
        let at = columns.iter().position(|it| *it == column)?;
        row.get(at).map(String::as_str)
    };
    lacking(site, known, &value).or_else(|| unfit(site, known, &value)).filter(|_| !is_lax(site))
}

/// The columns that the values are for.
fn targets<'a>(site: &Site<'_>, insert: &'a Insert, known: &'a Table) -> Vec<&'a str> {
    if insert.names_columns {
        return insert.columns.iter().map(String::as_str).collect();
    }
    let is_filled =
        |column: &&catalogue::Column| !column.is_generated || site.script.dialect != Dialect::Sqlite;
    known.columns.iter().filter(is_filled).map(|column| column.name.as_str()).collect()
}

/// A column that must have a value, and gets none.
fn lacking<'a>(site: &Site<'_>, known: &Table, value: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut needed = known.columns.iter().filter(|it| it.not_null && !it.is_generated && !is_filled(site, known, it));
    let lacking = needed.find(|column| match value(&column.name) {
        Some(value) => value.eq_ignore_ascii_case("null"),
        None => is_without_default(site, column),
    });
    lacking.map(|column| format!("`{}` must have a value", column.name))
}

/// Whether the engine, or a trigger, finds a value where NULL is written. Of its primary key SQLite fills the one, and
/// takes NULL for the others.
fn is_filled(site: &Site<'_>, known: &Table, column: &catalogue::Column) -> bool {
    let is_key = || known.primary_key.as_ref().is_some_and(|key| key.contains(&column.name));
    let ty = column.ty.as_ref().map_or("", |ty| ty.name.as_str());
    match site.script.dialect {
        Dialect::Sqlite => is_key(),
        Dialect::Postgres => !known.triggers.is_empty() || site.catalogue.domain(ty).is_some(),
        Dialect::Mysql => column.is_numbered || ty == "timestamp" || !known.triggers.is_empty(),
    }
}

/// Whether the script tells MySQL what to take, where it would take less by itself.
fn is_lax(site: &Site<'_>) -> bool {
    site.before().iter().any(|placed| matches!(&placed.act, Act::Set(set) if set.name.contains("sql_mode")))
}

fn is_without_default(site: &Site<'_>, column: &catalogue::Column) -> bool {
    let is_first = column.ty.as_ref().is_some_and(|ty| ty.name == "enum" && site.script.dialect == Dialect::Mysql);
    !column.is_numbered && !is_first && column.default.as_ref().is_none_or(|default| default.is_null)
}

/// A literal that does not fit its column; SQLite takes any for most columns.
fn unfit<'a>(site: &Site<'_>, known: &Table, value: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    if site.script.dialect == Dialect::Sqlite || !known.triggers.is_empty() {
        return None;
    }
    let typed = known.columns.iter().filter_map(|column| Some((column, column.ty.as_ref()?)));
    let plain = typed.filter(|(column, ty)| ty.dimensions == 0 && !is_filled(site, known, column));
    let written = plain.filter_map(|(column, ty)| Some((column, ty, value(&column.name)?)));
    written.into_iter().find_map(|(column, ty, value)| {
        let reason = match value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(text) if !text.replace("''", "").contains(['\'', '\\']) => misfit(ty, text),
            Some(_) => None,
            None => out_of_range(ty, value),
        };
        reason.map(|reason| format!("{value} {reason} `{}`", column.name))
    })
}

/// What is wrong with a string.
fn misfit(ty: &Type, text: &str) -> Option<&'static str> {
    let length = text.replace("''", "'").trim_end_matches(' ').chars().count();
    let is_bounded = matches!(ty.name.as_str(), "character varying" | "character" | "varchar" | "char");
    let room = ty.arguments.first().filter(|_| is_bounded);
    let is_number = range(ty).is_some();
    match room {
        Some(room) if length > *room as usize => Some("is too long for"),
        _ if is_number && !text.contains(|it: char| it.is_ascii_digit()) => Some("is no number for"),
        _ => None,
    }
}

fn out_of_range(ty: &Type, value: &str) -> Option<&'static str> {
    let number: i128 = value.replace(' ', "").parse().ok()?;
    let (least, most) = range(ty)?;
    (number < least || number > most).then_some("is out of the range of")
}

/// The least and the greatest number of a type of whole numbers.
fn range(ty: &Type) -> Option<(i128, i128)> {
    let bits = match ty.name.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" => 32,
        "bigint" => 64,
        _ => return None,
    };
    let is_unsigned = ty.modifiers.iter().any(|word| word == "unsigned");
    let half = 1_i128 << (bits - 1);
    Some(if is_unsigned { (0, 2 * half - 1) } else { (-half, half - 1) })
}
