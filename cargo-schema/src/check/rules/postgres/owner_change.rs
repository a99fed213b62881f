//! `owner-change`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "owner-change",
    level: Allow,
    ways: Up,
    about: "an object gets another owner",
    why: "Only its owner can alter it; the next revision may not be allowed to. It takes an ACCESS EXCLUSIVE \
          lock.",
    instead: "Have it looked at, and say why.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users OWNER TO CURRENT_USER;",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh OWNER TO CURRENT_USER;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(action.kind, ActionKind::Owner) {
            hits.push(
                Hit::new(&action.span, format!("only the new owner of `{table}` can alter it from then on"))
                    .help("have it looked at, and say why above: `-- schema:allow(owner-change) why`"),
            );
        }
    }
}
