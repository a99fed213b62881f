//! `allow-without-reason`: found where comments are read.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "allow-without-reason",
    level: Warn,
    ways: Both,
    about: "a comment allows something and does not say why",
    why: "Whoever reviews the migration cannot tell a decision from a way to silence a warning.",
    instead: "Say why it is right here, behind the bracket:\n\n    \
              -- schema:allow(drop-table) replaced by accounts in March, no reader left",
    find: |_, _| {},
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "-- schema:allow(drop-table)\nDROP TABLE users;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "-- schema:allow(drop-table) nobody reads it\nDROP TABLE users;",
        ),
    ],
};
