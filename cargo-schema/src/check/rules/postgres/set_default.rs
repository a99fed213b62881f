//! `set-default`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "set-default",
    level: Allow,
    ways: Up,
    about: "new rows get another value than programs know",
    why: "Rows that are there keep theirs. Programs of the previous release may rely on the old one.",
    instead: "Have it looked at, and say why.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1;",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ALTER COLUMN age SET DEFAULT 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::SetDefault { column, .. } = &action.kind else { continue };
        hits.push(
            Hit::new(&action.span, format!("new rows of `{table}` get another `{column}`, old rows do not"))
                .help("have it looked at, and say why above: `-- schema:allow(set-default) why`"),
        );
    }
}
