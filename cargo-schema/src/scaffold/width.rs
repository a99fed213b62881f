//! How wide a table Diesel has room for, and its features for wide ones. Pure.

use schema_build::schema::Schema;

/// Columns of a table that take no feature.
const NARROW: usize = 16;
/// Columns at most, with each feature. Diesel has the first by default, and not where defaults are off.
const FEATURES: [(usize, &str); 3] =
    [(32, "32-column-tables"), (64, "64-column-tables"), (128, "128-column-tables")];

/// Diesel's feature for the widest of the tables, where that is one for which it takes one.
pub(super) fn feature(schema: &Schema) -> Option<&'static str> {
    let widest = schema.tables.values().map(|table| table.columns.len()).max()?;
    let fitting = FEATURES.iter().find(|(most, _)| widest <= *most);
    fitting.filter(|_| widest > NARROW).map(|(_, feature)| *feature)
}

/// Why Diesel has no place for a table of so many columns.
pub(super) fn refuse(columns: usize) -> Option<String> {
    let (most, _) = FEATURES[FEATURES.len() - 1];
    (columns > most).then(|| format!("it has {columns} columns, and Diesel has room for {most}"))
}
