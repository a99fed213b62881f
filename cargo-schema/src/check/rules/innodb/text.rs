//! Character sets: which one a column has, and how much room a character takes.

use crate::check::catalogue::Table;
use crate::check::sql::part::Type;

/// The character set of a column, where anything says so.
pub(in crate::check::rules) fn charset(
    table: &Table,
    own: Option<&String>,
    collation: Option<&String>,
) -> Option<String> {
    let of_collation = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    let option = |name: &str| table.options.iter().find_map(|it| it.strip_prefix(name)).map(str::to_owned);
    let said = own.cloned().or_else(|| collation.map(|it| of_collation(it)));
    let said = said.or_else(|| option("charset=")).or_else(|| option("collate=").map(|it| of_collation(&it)));
    said.map(|it| if it == "utf8" { "utf8mb3".to_owned() } else { it })
}

/// How many bytes a character may take; what is not known takes as many as any.
pub(in crate::check::rules) fn width(charset: Option<&str>) -> u32 {
    match charset {
        Some("utf8mb3") => 3,
        Some("ucs2" | "gbk" | "sjis" | "big5" | "euckr" | "cp932" | "gb2312") => 2,
        Some(
            "latin1" | "ascii" | "binary" | "latin2" | "latin5" | "latin7" | "cp1250" | "cp1251" | "cp1256"
            | "koi8r" | "koi8u" | "greek" | "hebrew",
        ) => 1,
        _ => 4,
    }
}

/// Whether a type holds text in a character set.
pub(in crate::check::rules) fn is_text(ty: &Type) -> bool {
    matches!(
        ty.name.as_str(),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
    )
}
