//! What PostgreSQL has to do with the rows of a table when the type of a column changes (measured on 15).

use crate::check::sql::part::Type;

/// What becomes of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// They stay as they are.
    Free,
    /// They stay as they are in a session whose time zone is UTC, and are written anew in any other.
    FreeInUtc,
    /// They are written anew.
    Rewrite,
}

/// From one type to another.
pub(super) fn conversion(from: &Type, to: &Type) -> Conversion {
    if from.dimensions != to.dimensions {
        return Conversion::Rewrite;
    }
    if from.dimensions > 0 {
        let is_same = from.name == to.name && from.arguments == to.arguments;
        return if is_same { Conversion::Free } else { Conversion::Rewrite };
    }
    match (from.name.as_str(), to.name.as_str()) {
        (TIMESTAMP, TIMESTAMPTZ) | (TIMESTAMPTZ, TIMESTAMP) if is_wider(from, to) => Conversion::FreeInUtc,
        (a, b) if a == b => same_name(from, to),
        ("character varying", "text") | ("cidr", "inet") | ("xml", "text") | ("citext", "text") => {
            Conversion::Free
        }
        ("text" | "citext" | "xml", "character varying") if to.arguments.is_empty() => Conversion::Free,
        ("text" | "character varying", "citext") => Conversion::Free,
        ("integer", "oid" | "regclass" | "regtype" | "regproc")
        | ("oid" | "regclass" | "regtype" | "regproc", "integer" | "oid") => Conversion::Free,
        _ => Conversion::Rewrite,
    }
}

const TIMESTAMP: &str = "timestamp without time zone";
const TIMESTAMPTZ: &str = "timestamp with time zone";

fn same_name(from: &Type, to: &Type) -> Conversion {
    let is_free = match from.name.as_str() {
        "character" | "bit" => from.arguments.first().unwrap_or(&1) == to.arguments.first().unwrap_or(&1),
        "numeric" => is_wider_numeric(from, to),
        _ => is_wider(from, to),
    };
    if is_free { Conversion::Free } else { Conversion::Rewrite }
}

/// No limit, or one that is not below the one so far.
fn is_wider(from: &Type, to: &Type) -> bool {
    match (from.arguments.first(), to.arguments.first()) {
        (_, None) => true,
        // Six digits of a second are all that there are.
        (None, Some(to_limit)) => *to_limit == 6 && to.name.starts_with("time"),
        (Some(from), Some(to)) => to >= from,
    }
}

fn is_wider_numeric(from: &Type, to: &Type) -> bool {
    let scale = |ty: &Type| ty.arguments.get(1).copied().unwrap_or(0);
    match (from.arguments.first(), to.arguments.first()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(precision), Some(wider)) => wider >= precision && scale(from) == scale(to),
    }
}
