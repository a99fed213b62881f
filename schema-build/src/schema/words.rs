//! Columns in words, for findings and for what `generate` detected.

use super::{Column, ColumnType, EnumType};

/// `Varchar(120)`: people read it more easily than they read shouting.
pub fn ty(column: &Column) -> String {
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    let mut letters = ty.chars();
    match letters.next() {
        None => "no type".to_string(),
        Some(first) if ty.chars().all(|letter| !letter.is_lowercase()) => {
            first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
        }
        Some(_) => ty.clone(),
    }
}

/// Whether it may be NULL.
pub fn null(column: &Column) -> &'static str {
    if column.is_nullable { "null" } else { "not null" }
}

/// An enum's values.
pub fn values(ty: &EnumType) -> String {
    ty.values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What became of a column, property by property.
pub fn changes(from: &Column, to: &Column) -> Vec<String> {
    let mut changes = Vec::new();
    if ty(from) != ty(to) {
        changes.push(format!("{} -> {}", ty(from), ty(to)));
    }
    if from.is_nullable != to.is_nullable {
        changes.push(format!("{} -> {}", null(from), null(to)));
    }
    changes.extend(change("default", from.default.as_deref(), to.default.as_deref()));
    changes.extend(change("collation", from.collation.as_deref(), to.collation.as_deref()));
    let expression = |column: &Column| {
        column
            .generated
            .as_ref()
            .map(|made| format!("{} {}", made.expression, if made.is_stored { "stored" } else { "virtual" }))
    };
    changes.extend(change("generated as", expression(from).as_deref(), expression(to).as_deref()));
    changes.extend(change(
        "values",
        from.values.as_ref().map(values).as_deref(),
        to.values.as_ref().map(values).as_deref(),
    ));
    changes.extend(change("comment", from.comment.as_deref(), to.comment.as_deref()));
    match (from.identity, to.identity) {
        (None, Some(_)) => changes.push("numbered by the engine".to_string()),
        (Some(_), None) => changes.push("no longer numbered by the engine".to_string()),
        (Some(left), Some(right)) if left != right => changes.push("numbered otherwise".to_string()),
        (_, _) => {}
    }
    changes
}

fn change(what: &str, from: Option<&str>, to: Option<&str>) -> Option<String> {
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) if from == to => None,
        (Some(from), Some(to)) => Some(format!("{what} {from} -> {to}")),
        (None, Some(to)) => Some(format!("{what} {to}")),
        (Some(_), None) => Some(format!("no {what}")),
    }
}
