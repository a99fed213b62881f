//! The parts of a statement that rules look at.

use std::ops::Range;

use crate::check::catalogue;
use crate::check::rule::Site;
use crate::check::sql::Act;
use crate::check::sql::act::{Action, ActionKind};
use crate::check::sql::part::{Column, Constraint, Name};

/// Every column that a statement makes or changes, with its table.
pub(in crate::check::rules) fn columns<'a>(site: &Site<'a>) -> Vec<(&'a Name, &'a Column)> {
    match site.act {
        Act::CreateTable(create) => create.columns.iter().map(|column| (&create.table, column)).collect(),
        _ => site
            .changes()
            .filter_map(|(table, action)| match &action.kind {
                ActionKind::AddColumn { column, .. } => Some((table, &**column)),
                ActionKind::RedefineColumn { definition, .. } => Some((table, &**definition)),
                _ => None,
            })
            .collect(),
    }
}

/// Every constraint that a statement makes, with its table.
pub(in crate::check::rules) fn constraints<'a>(site: &Site<'a>) -> Vec<(&'a Name, &'a Constraint)> {
    match site.act {
        Act::CreateTable(create) => {
            let beside = create.columns.iter().flat_map(|column| &column.constraints);
            create.constraints.iter().chain(beside).map(|constraint| (&create.table, constraint)).collect()
        }
        _ => site.added_constraints().collect(),
    }
}

/// A column that is defined anew: what is known of it, its name so far, and its new definition.
pub(in crate::check::rules) fn redefinition<'a>(
    site: &Site<'a>,
    table: &Name,
    action: &'a Action,
) -> Option<(&'a catalogue::Column, &'a str, &'a Column)> {
    let ActionKind::RedefineColumn { column, definition } = &action.kind else { return None };
    Some((site.table(table)?.column(column)?, column, definition))
}

/// The type of a definition as it was written.
pub(in crate::check::rules) fn type_text(column: &Column) -> &str {
    column.ty.as_ref().map_or("", |ty| ty.text.as_str())
}

/// Whether what stands there says that it may be there or not: IF EXISTS, IF NOT EXISTS, OR REPLACE.
pub(in crate::check::rules) fn is_guarded(site: &Site<'_>, span: &Range<usize>) -> bool {
    let words: Vec<String> = site.text(span).split_whitespace().map(str::to_lowercase).collect();
    let says = |phrase: &str| words.join(" ").contains(phrase);
    ["if exists", "if not exists", "or replace"].into_iter().any(says)
}
