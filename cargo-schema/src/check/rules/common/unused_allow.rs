//! `unused-allow`: found where comments are compared with what was found.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unused-allow",
    level: Warn,
    ways: Both,
    about: "a comment allows what is not found",
    why: "The statement was changed since, the comment stands above another one, or the rule's name is misspelt. The \
          next person reads a warning about a danger that is not there, or misses the one that is.",
    instead: "Remove the comment, or move it right above the statement that it is about.",
    find: |_, _| {},
    examples: &[
        fires(
            "",
            "-- schema:allow(drop-table) nobody reads it\nCREATE TABLE users (id bigint PRIMARY KEY);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "-- schema:allow(drop-table) nobody reads it\nDROP TABLE users;",
        ),
    ],
};
