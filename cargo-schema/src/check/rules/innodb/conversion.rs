//! What becomes of a column's values when it is defined anew.

use super::text::{charset, is_text, width};
use crate::check::catalogue::{self, Table};
use crate::check::sql::part::{Column, Type};

/// What becomes of the values when the type of a column changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check::rules) enum Conversion {
    /// They stay as they are.
    Free,
    /// They are copied.
    Copy,
    /// They are copied, and some may not fit.
    Narrow,
}

/// From what is known of a column to its new definition.
pub(in crate::check::rules) fn conversion(
    table: &Table,
    known: &catalogue::Column,
    definition: &Column,
) -> Conversion {
    let (Some(from), Some(to)) = (&known.ty, &definition.ty) else { return Conversion::Copy };
    let old = charset(table, known.charset.as_ref(), known.collation.as_ref());
    let new = charset(table, definition.charset.as_ref(), definition.collation.as_ref());
    match by_type(from, to, width(old.as_deref()), width(new.as_deref())) {
        Conversion::Free if is_text(from) && old != new => by_charset(old.as_deref(), new.as_deref()),
        conversion => conversion,
    }
}

fn by_charset(from: Option<&str>, to: Option<&str>) -> Conversion {
    match (from, to) {
        (Some("utf8mb3"), Some("utf8mb4")) | (Some("ascii"), Some("utf8mb3" | "utf8mb4")) => Conversion::Free,
        (Some(_), Some("utf8mb4")) => Conversion::Copy,
        (Some(_), Some(_)) => Conversion::Narrow,
        _ => Conversion::Free,
    }
}

fn by_type(from: &Type, to: &Type, old: u32, new: u32) -> Conversion {
    let is_unsigned = |ty: &Type| ty.modifiers.iter().any(|it| it == "unsigned");
    if from.name != to.name {
        return across(from, to);
    }
    if is_unsigned(from) != is_unsigned(to) {
        return Conversion::Copy;
    }
    match from.name.as_str() {
        "varchar" => varchar(size(from), size(to), old, new),
        "varbinary" => varchar(size(from), size(to), 1, 1),
        "char" | "binary" | "bit" => by_size(size(from).max(1), size(to).max(1)),
        "datetime" | "timestamp" | "time" => by_size(size(from), size(to)),
        "decimal" => decimal(from, to),
        "enum" | "set" => by_values(from, to),
        _ => Conversion::Free,
    }
}

/// The first number in the brackets of a type.
fn size(ty: &Type) -> u32 {
    ty.arguments.first().copied().unwrap_or(0)
}

fn by_size(from: u32, to: u32) -> Conversion {
    match to.cmp(&from) {
        std::cmp::Ordering::Equal => Conversion::Free,
        std::cmp::Ordering::Greater => Conversion::Copy,
        std::cmp::Ordering::Less => Conversion::Narrow,
    }
}

/// A length that takes one byte on the disk can become one that takes two only below 128 bytes.
fn varchar(from: u32, to: u32, old: u32, new: u32) -> Conversion {
    let (before, after) = (from.saturating_mul(old), to.saturating_mul(new));
    if to < from {
        Conversion::Narrow
    } else if before > 255 || after <= 255 || before <= 127 {
        Conversion::Free
    } else {
        Conversion::Copy
    }
}

fn decimal(from: &Type, to: &Type) -> Conversion {
    let parts =
        |ty: &Type| (ty.arguments.first().copied().unwrap_or(10), ty.arguments.get(1).copied().unwrap_or(0));
    let ((old, old_scale), (new, new_scale)) = (parts(from), parts(to));
    if (old, old_scale) == (new, new_scale) {
        Conversion::Free
    } else if new_scale < old_scale || new.saturating_sub(new_scale) < old.saturating_sub(old_scale) {
        Conversion::Narrow
    } else {
        Conversion::Copy
    }
}

/// Values may be added behind the others, as long as numbers for them take no more bytes.
fn by_values(from: &Type, to: &Type) -> Conversion {
    let bytes = |ty: &Type| match (ty.name.as_str(), ty.values.len()) {
        ("enum", count) => 1 + usize::from(count > 255),
        (_, count) => count.div_ceil(8).next_power_of_two(),
    };
    if from.values.iter().any(|value| !to.values.contains(value)) {
        Conversion::Narrow
    } else if to.values.starts_with(&from.values) && bytes(from) == bytes(to) {
        Conversion::Free
    } else {
        Conversion::Copy
    }
}

/// Types of one kind, from the smallest to the largest.
const LADDERS: [&[&str]; 6] = [
    &["tinyint", "smallint", "mediumint", "int", "bigint"],
    &["float", "double"],
    &["tinytext", "text", "mediumtext", "longtext"],
    &["tinyblob", "blob", "mediumblob", "longblob"],
    &["date", "datetime"],
    &["date", "timestamp"],
];

fn across(from: &Type, to: &Type) -> Conversion {
    let step = |ladder: &[&str], ty: &Type| ladder.iter().position(|step| *step == ty.name);
    let is_down = LADDERS.iter().any(|ladder| {
        matches!((step(ladder, from), step(ladder, to)), (Some(before), Some(after)) if after < before)
    });
    if is_down || is_cut(from, to) { Conversion::Narrow } else { Conversion::Copy }
}

/// Whether values of another kind may not fit.
fn is_cut(from: &Type, to: &Type) -> bool {
    let is_whole = to.name.ends_with("int");
    match (from.name.as_str(), to.name.as_str()) {
        ("text" | "mediumtext" | "longtext", "varchar" | "char") => true,
        ("varchar", "char") => to.arguments < from.arguments,
        ("decimal", "float") => true,
        ("varchar" | "char" | "text" | "longtext", "date" | "datetime" | "decimal") => true,
        ("float" | "double" | "decimal" | "varchar" | "char" | "text" | "longtext", _) => is_whole,
        _ => false,
    }
}
