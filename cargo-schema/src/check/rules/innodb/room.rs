//! How much of a key or a row a column takes.

use super::text::{charset, is_text, width};
use crate::check::catalogue::Table;

/// Whether a table is one of InnoDB, as is the default.
pub(in crate::check::rules) fn is_kept_by_innodb(table: &Table) -> bool {
    table.options.iter().filter_map(|option| option.strip_prefix("engine=")).all(|engine| engine == "innodb")
}

/// How many bytes a column takes in a key.
pub(in crate::check::rules) fn key_bytes(table: &Table, column: &str, prefix: Option<u32>) -> u32 {
    let Some(known) = table.column(column) else { return 0 };
    let Some(ty) = &known.ty else { return 0 };
    let width = if is_text(ty) {
        width(charset(table, known.charset.as_ref(), known.collation.as_ref()).as_deref())
    } else {
        1
    };
    match (prefix, ty.name.as_str()) {
        (Some(prefix), _) => prefix.saturating_mul(width),
        (None, "varchar" | "char" | "varbinary" | "binary") => {
            ty.arguments.first().copied().unwrap_or(1).saturating_mul(width)
        }
        (None, name) if is_long(name) => 65535,
        (None, _) => 8,
    }
}

/// Whether a type is kept beside its row, so that no key holds all of it.
pub(in crate::check::rules) fn is_long(ty: &str) -> bool {
    ty.ends_with("text") || ty.ends_with("blob")
}

/// How many bytes of a row a column counts for, at most.
pub(in crate::check::rules) fn row_bytes(table: &Table, column: &str) -> u32 {
    let ty = table.column(column).and_then(|column| column.ty.as_ref());
    match ty.map_or("", |ty| ty.name.as_str()) {
        "varchar" | "varbinary" => key_bytes(table, column, None).saturating_add(2),
        "char" | "binary" => key_bytes(table, column, None),
        _ => 8,
    }
}
