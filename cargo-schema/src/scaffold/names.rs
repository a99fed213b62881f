//! What tables and columns of a database are called in Rust. Pure.

use std::collections::{BTreeMap, BTreeSet};

use schema_build::models::rust::{camel_case, ident_for, snake_case};
use schema_build::schema::{Column, Schema};

/// Names that a struct would hide from the fields beside it.
const TAKEN: [&str; 11] =
    ["Option", "Vec", "String", "Box", "Result", "Some", "None", "Ok", "Err", "Self", "Row"];

/// The names of all tables.
pub(super) struct Names(BTreeMap<String, Named>);

/// A table's names.
struct Named {
    /// In `table!`.
    ident: String,
    /// Of its struct.
    of_struct: String,
    /// Of the module around the struct.
    module: String,
    /// The columns of its primary key.
    key: Vec<String>,
}

impl Names {
    /// Names that nothing else has.
    pub(super) fn of(schema: &Schema) -> Self {
        let (mut idents, mut structs, mut modules) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let names = schema.tables.iter().map(|(table, described)| {
            let own = table.rsplit('.').next().unwrap_or(table);
            let ident = free(lower(own), &mut idents);
            let one = singular(own);
            let mut of_struct = camel_case(&lower(&one));
            if TAKEN.contains(&of_struct.as_str()) {
                of_struct.push_str("Row");
            }
            let of_struct = free(of_struct, &mut structs);
            let module = free(lower(&one), &mut modules);
            let key = described.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
            (table.clone(), Named { ident, of_struct, module, key })
        });
        Self(names.collect())
    }

    /// In `table!`.
    pub(super) fn ident<'n>(&'n self, table: &'n str) -> &'n str {
        self.0.get(table).map_or(table, |named| &named.ident)
    }

    /// Of its struct.
    pub(super) fn of_struct<'n>(&'n self, table: &'n str) -> &'n str {
        self.0.get(table).map_or(table, |named| &named.of_struct)
    }

    /// Of the module around its struct.
    pub(super) fn module<'n>(&'n self, table: &'n str) -> &'n str {
        self.0.get(table).map_or(table, |named| &named.module)
    }

    /// The columns of its primary key.
    pub(super) fn key(&self, table: &str) -> &[String] {
        self.0.get(table).map_or(&[], |named| &named.key)
    }

    /// Whether it has a struct.
    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(table)
    }

    /// Every module and its struct.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.values().map(|named| (named.module.as_str(), named.of_struct.as_str()))
    }
}

/// The names of a table's fields, in their order. Diesel has no column that is named like its table.
pub(super) fn fields(columns: &[Column], table: &str) -> Vec<String> {
    let mut taken = BTreeSet::from([table.to_owned()]);
    columns.iter().map(|column| free(lower(&column.name), &mut taken)).collect()
}

/// As Rust spells such names: `userId` is `user_id`.
fn lower(name: &str) -> String {
    let is_lower = !name.contains(char::is_uppercase);
    ident_for(&if is_lower { name.to_owned() } else { snake_case(&name.replace([' ', '-'], "_")) })
}

/// The name itself, or with as many `_` as it takes.
fn free(mut name: String, taken: &mut BTreeSet<String>) -> String {
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

/// One of them: `users` is made of `user`s. What is no plural stays.
fn singular(name: &str) -> String {
    let ends = |end: &str| name.to_lowercase().ends_with(end);
    let without = |count: usize| name.get(..name.len() - count).unwrap_or(name).to_owned();
    if ends("ies") && name.len() > 4 {
        without(3) + "y"
    } else if ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| ends(end)) {
        without(2)
    } else if !ends("s") || ["ss", "us", "is", "news", "series"].iter().any(|end| ends(end)) || name.len() < 3
    {
        name.to_owned()
    } else {
        without(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_is_one_of_its_table() {
        for (table, one) in [
            ("users", "user"),
            ("order_entries", "order_entry"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("staff", "staff"),
            ("news", "news"),
            ("ties", "tie"),
            ("s", "s"),
        ] {
            assert_eq!(singular(table), one);
        }
    }

    #[test]
    fn rust_spells_names_in_lower_case() {
        for (name, ident) in [
            ("userId", "user_id"),
            ("Order Entries", "order_entries"),
            ("ID", "id"),
            ("type", "type_"),
            ("a b", "a_b"),
        ] {
            assert_eq!(lower(name), ident);
        }
    }

    #[test]
    fn names_are_free() {
        let mut taken = BTreeSet::new();
        let names = ["a", "a", "a_"].map(|name| free(name.to_owned(), &mut taken));
        assert_eq!(names, ["a", "a_", "a__"]);
    }
}
