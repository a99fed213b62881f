//! `create-enum`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-enum",
    level: Allow,
    ways: Up,
    about: "an enum type is made",
    why: "Values can be added and renamed, and never removed or moved.",
    instead: "Use text with a CHECK, or a table of values with a foreign key.",
    find,
    examples: &[
        fires("", "CREATE TYPE mood AS ENUM ('sad', 'ok');", Claim::Runs),
        quiet("", "CREATE TABLE t (mood text CHECK (mood IN ('sad', 'ok')));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if let Act::CreateEnum(create) = site.act {
        hits.push(
            Hit::new(site.span, format!("values of `{}` can never be removed", create.name))
                .help("use text with a CHECK, or a table of values"),
        );
    }
}
