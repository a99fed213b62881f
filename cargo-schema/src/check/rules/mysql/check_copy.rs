//! `check-copy`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "check-copy",
    level: Warn,
    ways: Up,
    about: "a CHECK is added to a table that is in use, which copies every row",
    why: "Every row is looked at and copied, and nobody can write meanwhile; where a row does not \
          pass, it fails (error 4025; 3819 on MySQL 8).",
    instead: "Add it while nobody writes, or let a tool copy the table in the background (gh-ost, \
          pt-online-schema-change).",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 0);", Claim::Rewrites("users")),
        fires(users!(), "ALTER TABLE users ADD CHECK (age > 1);", Claim::Fails("4025")),
        quiet(users!(), "ALTER TABLE users ADD COLUMN size int CHECK (size > 0);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| match &action.kind {
        ActionKind::AddConstraint(constraint) => match &constraint.kind {
            ConstraintKind::Check(check) => Some(format!("every row of `{table}` has to pass `{}`", check.text)),
            _ => None,
        },
        _ => None,
    });
}
