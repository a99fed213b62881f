//! The document that `catalogue.sql` makes, as it comes from the server. Nothing is interpreted here.

use serde::Deserialize;

use super::define::Frame;

/// All of it. A list is null where there is nothing.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) relations: Option<Vec<Relation>>,
    pub(super) columns: Option<Vec<Attribute>>,
    pub(super) constraints: Option<Vec<Constraint>>,
    pub(super) indexes: Option<Vec<IndexRow>>,
    pub(super) sequences: Option<Vec<Sequence>>,
    pub(super) enums: Option<Vec<Enum>>,
    pub(super) uses: Option<Vec<Use>>,
    pub(super) others: Option<Vec<Other>>,
}

/// A table, view, materialised view or foreign table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(super) oid: i64,
    pub(super) name: String,
    /// PostgreSQL's own letter.
    pub(super) kind: String,
    pub(super) is_partition: bool,
    pub(super) comment: Option<String>,
    pub(super) definition: Option<String>,
    pub(super) partition_key: Option<String>,
    pub(super) bound: Option<String>,
    pub(super) parents: Option<Vec<String>>,
    pub(super) options: Option<String>,
    pub(super) is_unlogged: bool,
    pub(super) has_row_security: bool,
    pub(super) forces_row_security: bool,
    pub(super) owner: String,
    pub(super) grants: Option<String>,
}

impl Relation {
    /// A table of which there is nothing to say.
    pub(super) fn plain(name: &str, comment: Option<String>) -> Self {
        Self { name: name.to_owned(), kind: "r".to_owned(), comment, ..Self::default() }
    }

    /// What surrounds the columns in the statement that makes it.
    pub(super) fn frame(&self) -> Frame {
        let with = self.options.as_ref().filter(|options| !options.is_empty());
        let with = with.map_or(String::new(), |options| format!(" WITH ({options})"));
        let partitions =
            self.partition_key.as_ref().map_or(String::new(), |key| format!(" PARTITION BY {key}"));
        let parents = self.parents.as_ref().filter(|parents| !self.is_partition && !parents.is_empty());
        let parents = parents.map_or(String::new(), |parents| format!(" INHERITS ({})", parents.join(", ")));
        Frame { is_unlogged: self.is_unlogged, clauses: parents + &partitions + &with }
    }

    /// What stands in the statement that makes it, and in none of its parts.
    pub(super) fn clauses(&self) -> String {
        let mut clauses = String::new();
        let flags = [
            (self.is_unlogged, " unlogged"),
            (self.has_row_security, " row security"),
            (self.forces_row_security, " forced row security"),
        ];
        flags.iter().filter(|(is_set, _)| *is_set).for_each(|(_, words)| clauses.push_str(words));
        let texts = [("with", &self.options), ("partition by", &self.partition_key)];
        for (words, text) in texts {
            if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
                clauses.push_str(&format!(" {words} {text}"));
            }
        }
        let parents = self.parents.as_ref().map_or(String::new(), |parents| parents.join(", "));
        if parents.is_empty() { clauses } else { format!("{clauses} inherits {parents}") }
    }
}

/// A column.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) table: i64,
    pub(super) number: i16,
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) is_nullable: bool,
    pub(super) base: Option<String>,
    pub(super) default: Option<String>,
    pub(super) generated: Option<String>,
    pub(super) is_stored: bool,
    pub(super) identity: String,
    pub(super) collation: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) extra: Vec<String>,
}

/// A constraint of a table.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Constraint {
    pub(super) table: i64,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) columns: Option<Vec<i16>>,
    pub(super) references: Option<Vec<i16>>,
    pub(super) target: i64,
    pub(super) on_delete: String,
    pub(super) on_update: String,
    pub(super) is_deferrable: bool,
    pub(super) is_deferred: bool,
    pub(super) is_valid: bool,
    pub(super) expression: Option<String>,
    pub(super) definition: String,
}

/// An index that is no constraint's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct IndexRow {
    pub(super) table: i64,
    pub(super) name: String,
    pub(super) method: String,
    pub(super) is_unique: bool,
    pub(super) keys: usize,
    pub(super) is_valid: bool,
    pub(super) condition: Option<String>,
    pub(super) definition: String,
    pub(super) items: Vec<ItemRow>,
}

/// What an index holds.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct ItemRow {
    /// Zero for an expression.
    pub(super) column: i16,
    pub(super) sql: String,
    /// 1: descending; 2: NULLs first.
    pub(super) option: Option<i16>,
    pub(super) class: Option<String>,
    pub(super) collation: Option<String>,
}

/// A sequence.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub(super) name: String,
    pub(super) table: Option<i64>,
    pub(super) column: Option<i16>,
    pub(super) is_identity: Option<bool>,
    pub(super) ty: String,
    pub(super) start: i64,
    pub(super) increment: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) cache: i64,
    pub(super) cycle: bool,
}

/// An enum type.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) values: Option<Vec<String>>,
}

/// A view that uses a column, or all of a relation (column 0).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) view: i64,
    pub(super) relation: i64,
    pub(super) column: i16,
}

/// What no model can say: a trigger, a rule, a policy, statistics of a relation; a function, a domain, a schema.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Other {
    pub(super) kind: String,
    pub(super) table: Option<i64>,
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) extra: String,
}
