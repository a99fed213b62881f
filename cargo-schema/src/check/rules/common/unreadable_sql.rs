//! `unreadable-sql`: found by whoever reads the statements, for a rule sees only what can be read.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unreadable-sql",
    level: Warn,
    ways: Both,
    about: "a statement cannot be read, so that no rule has looked at it",
    why: "The parser does not know this syntax, or it is a mistake. A check that skipped what it cannot read would say \
          that all is well while it has looked at nothing.",
    instead: "Correct the statement. If the database takes it as it is, say so above it:\n\n    \
              -- schema:allow(unreadable-sql) syntax of an extension",
    find: |_, _| {},
    examples: &[
        fires("", "CREATE TABEL users (id bigint);", Claim::Fails("syntax error")),
        quiet("", "CREATE TABLE users (id bigint);"),
    ],
};
