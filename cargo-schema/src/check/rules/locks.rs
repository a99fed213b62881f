//! Which tables in use PostgreSQL locks for an act, and holds locked until the transaction ends (measured on 15).

use crate::check::rule::Site;
use crate::check::sql::Act;
use crate::check::sql::act::{Action, ActionKind, Object};
use crate::check::sql::part::{Constraint, ConstraintKind, Name};

/// How strong a lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// SHARE ROW EXCLUSIVE: writes wait, reads go on.
    Writes,
    /// ACCESS EXCLUSIVE: everybody waits.
    Everything,
}

/// The tables in use that an act locks against writes or more.
pub(super) fn strong<'a>(site: &Site<'a>, act: &'a Act) -> Vec<(&'a Name, Strength)> {
    let mut locks = taken(act);
    locks.retain(|(table, _)| site.is_old(table));
    locks
}

/// The tables that nobody can read until the transaction ends.
pub(super) fn exclusive<'a>(site: &Site<'a>, act: &'a Act) -> Vec<&'a Name> {
    let locks = strong(site, act).into_iter();
    locks.filter(|(_, strength)| *strength == Strength::Everything).map(|(table, _)| table).collect()
}

fn taken(act: &Act) -> Vec<(&Name, Strength)> {
    use Strength::{Everything, Writes};
    match act {
        Act::AlterTable(alter) => {
            alter.actions.iter().flat_map(|action| by_action(&alter.table, action)).collect()
        }
        Act::Rename(rename) if rename.object == Object::Table => vec![(&rename.from, Everything)],
        Act::Drop(drop) if drop.object == Object::Table => {
            drop.names.iter().map(|it| (it, Everything)).collect()
        }
        Act::Drop(drop) => drop.on.iter().map(|table| (table, Everything)).collect(),
        Act::Truncate(truncate) => truncate.tables.iter().map(|it| (it, Everything)).collect(),
        Act::CreateTrigger(trigger) => vec![(&trigger.table, Writes)],
        Act::Create(create) => create.on.iter().map(|table| (table, Everything)).collect(),
        Act::Alter(alter) => alter.on.iter().map(|table| (table, Everything)).collect(),
        Act::Lock(lock) => {
            let strength = if lock.mode == "access exclusive" { Everything } else { Writes };
            let is_strong = !matches!(
                lock.mode.as_str(),
                "access share" | "row share" | "row exclusive" | "share update exclusive"
            );
            lock.tables.iter().filter(|_| is_strong).map(|it| (it, strength)).collect()
        }
        Act::Maintain(work) if work.verb == "cluster" => {
            work.tables.iter().map(|it| (it, Everything)).collect()
        }
        _ => Vec::new(),
    }
}

fn by_action<'a>(table: &'a Name, action: &'a Action) -> Vec<(&'a Name, Strength)> {
    match &action.kind {
        ActionKind::ValidateConstraint { .. } | ActionKind::SetStatistics | ActionKind::SetOptions => {
            Vec::new()
        }
        ActionKind::AttachPartition { partition, .. } => vec![(partition, Strength::Everything)],
        ActionKind::SetTrigger { .. } => vec![(table, Strength::Writes)],
        ActionKind::AddConstraint(constraint) => by_constraint(table, constraint),
        ActionKind::AddColumn { column, .. } => {
            let beside = column.constraints.iter().flat_map(|it| by_constraint(table, it));
            std::iter::once((table, Strength::Everything)).chain(beside).collect()
        }
        _ => vec![(table, Strength::Everything)],
    }
}

/// A foreign key locks both tables; everything else the table alone.
fn by_constraint<'a>(table: &'a Name, constraint: &'a Constraint) -> Vec<(&'a Name, Strength)> {
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => vec![(table, Strength::Writes), (&key.table, Strength::Writes)],
        _ => vec![(table, Strength::Everything)],
    }
}
