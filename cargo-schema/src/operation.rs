//! One change between two schemas, as data. Made by `difference`, ordered by `generate::order`, turned into SQL by a
//! dialect. Carries what it removes, so that the way back is derived and never written twice.

pub(crate) mod apply;

use schema_build::schema::{Check, Column, EnumType, ForeignKey, Index, Options, PrimaryKey, Table, Unique};

/// One change. Tables are named as they are called when the operation runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are dozens of these, not millions")]
pub(crate) enum Operation {
    /// A new table with everything that belongs to it.
    CreateTable { name: String, table: Table },
    /// A table goes, its rows with it.
    DropTable { name: String, table: Table },
    /// A table gets another name.
    RenameTable { from: String, to: String },
    /// Options and comment of a table.
    AlterTable { table: String, from: Traits, to: Traits },
    /// A new column.
    AddColumn { table: String, column: Column },
    /// A column goes, its values with it.
    DropColumn { table: String, column: Column },
    /// A column gets another name.
    RenameColumn { table: String, from: String, to: String },
    /// A column becomes another; `recode` says which enum values got other names.
    AlterColumn { table: String, from: Column, to: Column, recode: Vec<(String, String)> },
    /// A new key, index or check.
    AddPart { table: String, part: Part },
    /// A key, index or check goes.
    DropPart { table: String, part: Part },
    /// A key, index or check gets another name and stays what it is.
    RenamePart { table: String, from: Part, to: Part },
    /// A new enum type.
    CreateEnum { ty: EnumType },
    /// An enum type goes.
    DropEnum { ty: EnumType },
    /// An enum type gets another name.
    RenameEnum { from: String, to: String },
    /// An enum type gets other values.
    AlterEnum { from: EnumType, to: EnumType, recode: Vec<(String, String)> },
}

/// What a table has besides columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    PrimaryKey(PrimaryKey),
    Unique(Unique),
    Index(Index),
    Check(Check),
    ForeignKey(ForeignKey),
}

/// What a table says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) options: Options,
    pub(crate) comment: Option<String>,
}

impl Operation {
    /// The operation that undoes it.
    pub(crate) fn reverse(&self) -> Self {
        let back = |recode: &[(String, String)]| recode.iter().map(|(a, b)| (b.clone(), a.clone())).collect();
        match self.clone() {
            Self::CreateTable { name, table } => Self::DropTable { name, table },
            Self::DropTable { name, table } => Self::CreateTable { name, table },
            Self::RenameTable { from, to } => Self::RenameTable { from: to, to: from },
            Self::AlterTable { table, from, to } => Self::AlterTable { table, from: to, to: from },
            Self::AddColumn { table, column } => Self::DropColumn { table, column },
            Self::DropColumn { table, column } => Self::AddColumn { table, column },
            Self::RenameColumn { table, from, to } => Self::RenameColumn { table, from: to, to: from },
            Self::AlterColumn { table, from, to, recode } => {
                Self::AlterColumn { table, from: to, to: from, recode: back(&recode) }
            }
            Self::AddPart { table, part } => Self::DropPart { table, part },
            Self::DropPart { table, part } => Self::AddPart { table, part },
            Self::RenamePart { table, from, to } => Self::RenamePart { table, from: to, to: from },
            Self::CreateEnum { ty } => Self::DropEnum { ty },
            Self::DropEnum { ty } => Self::CreateEnum { ty },
            Self::RenameEnum { from, to } => Self::RenameEnum { from: to, to: from },
            Self::AlterEnum { from, to, recode } => {
                Self::AlterEnum { from: to, to: from, recode: back(&recode) }
            }
        }
    }

    /// The table that it changes, by the name that it has when the operation runs.
    pub(crate) fn table(&self) -> Option<&str> {
        match self {
            Self::CreateTable { name, .. } | Self::DropTable { name, .. } => Some(name),
            Self::RenameTable { from, .. } => Some(from),
            Self::AlterTable { table, .. }
            | Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::AddPart { table, .. }
            | Self::DropPart { table, .. }
            | Self::RenamePart { table, .. } => Some(table),
            Self::CreateEnum { .. }
            | Self::DropEnum { .. }
            | Self::RenameEnum { .. }
            | Self::AlterEnum { .. } => None,
        }
    }

    /// Whether it gives a table, a column or an enum type another name, which every engine does in place.
    pub(crate) fn is_rename(&self) -> bool {
        matches!(self, Self::RenameTable { .. } | Self::RenameColumn { .. } | Self::RenameEnum { .. })
    }
}

/// The way back: each operation undone, in the opposite order.
pub(crate) fn reversed(operations: &[Operation]) -> Vec<Operation> {
    operations.iter().rev().map(Operation::reverse).collect()
}

impl Part {
    /// Its name, where it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::PrimaryKey(key) => key.name.as_deref(),
            Self::Unique(unique) => unique.name.as_deref(),
            Self::Index(index) => index.name.as_deref(),
            Self::Check(check) => check.name.as_deref(),
            Self::ForeignKey(key) => key.name.as_deref(),
        }
    }

    /// What it is.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => "primary key",
            Self::Unique(_) => "unique key",
            Self::Index(_) => "index",
            Self::Check(_) => "check",
            Self::ForeignKey(_) => "foreign key",
        }
    }
}
