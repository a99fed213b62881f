//! What every file of a rule needs to say what it says.

pub(super) use schema_build::config::Level::{Allow, Deny, Warn};

pub(super) use crate::check::catalogue::{Era, Table};
pub(super) use crate::check::rule::Ways::{Both, Up};
pub(super) use crate::check::rule::{Claim, Hit, Rule, Site, fires, quiet};
pub(super) use crate::check::sql::Act;
pub(super) use crate::check::sql::act::{Action, ActionKind, Object};
pub(super) use crate::check::sql::part::{Column, Constraint, ConstraintKind, Name};
