//! `drop-system-versioning`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-system-versioning",
    level: Deny,
    ways: Up,
    about: "a table forgets its history",
    why: "All old versions of its rows are gone at once.",
    instead: "Keep them in another table first, if anybody may ask for them.",
    find,
    examples: &[
        fires("CREATE TABLE notes (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING; INSERT INTO notes VALUES (1, 1); UPDATE notes SET n = 2;", "ALTER TABLE notes DROP SYSTEM VERSIONING;", Claim::Loses("SELECT count(*) FROM notes FOR SYSTEM_TIME ALL")),
        quiet("CREATE TABLE notes (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING; INSERT INTO notes VALUES (1, 1);", "SELECT count(*) FROM notes FOR SYSTEM_TIME ALL;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(&action.kind, ActionKind::Other(words) if words == "drop system versioning") {
            hits.push(
                Hit::new(&action.span, format!("all old versions of the rows of `{table}` will be lost"))
                    .help("keep them elsewhere first; then say so above: `-- schema:allow(drop-system-versioning) why`"),
            );
        }
    }
}
