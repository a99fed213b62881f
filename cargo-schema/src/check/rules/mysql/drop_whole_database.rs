//! `drop-whole-database`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-whole-database",
    level: Deny,
    ways: Both,
    about: "a whole database is dropped",
    why: "All tables and all rows are gone at once.",
    instead: "Drop it by hand, when nobody uses it.",
    find,
    examples: &[
        fires("CREATE DATABASE IF NOT EXISTS schema_lint_example; CREATE TABLE schema_lint_example.t (id int); INSERT INTO schema_lint_example.t VALUES (1);", "DROP DATABASE schema_lint_example;", Claim::Loses("SELECT count(*) FROM schema_lint_example.t")),
        quiet("", "SELECT 'DROP DATABASE shop';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    for name in drop.names.iter().filter(|_| drop.object == Object::Database) {
        hits.push(
            Hit::new(site.span, format!("the database `{name}` and all that is in it will be lost"))
                .help("drop it by hand, when nobody uses it"),
        );
    }
}
