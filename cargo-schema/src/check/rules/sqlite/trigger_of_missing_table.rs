//! `trigger-of-missing-table`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_missing;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "trigger-of-missing-table",
    level: Deny,
    ways: Up,
    about: "a trigger writes to a table that is not there",
    why: "SQLite takes the trigger as it is. From then on every change of the table that it is on fails.",
    instead: "Make the table first, or correct the name.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TRIGGER aging AFTER UPDATE ON users BEGIN INSERT INTO logs (n) VALUES (new.id); END;",
            Claim::Breaks("UPDATE users SET age = 2 WHERE id = 1"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE logs (n INTEGER); CREATE TRIGGER aging AFTER UPDATE ON users BEGIN INSERT INTO logs (n) VALUES (new.id); END;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTrigger(create) = site.act else { return };
    let end = rebuild::end(site);
    let missing = create.writes.iter().chain(&create.tables).find(|table| is_missing(&end, &end.key(table)));
    if let Some(table) = missing.filter(|_| !site.catalogue.is_empty()) {
        hits.push(
            Hit::new(site.span, format!("every change of `{}` fails from then on: there is no `{table}`", create.table))
                .help("make the table first, or correct the name"),
        );
    }
}
