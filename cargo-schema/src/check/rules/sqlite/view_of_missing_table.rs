//! `view-of-missing-table`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_missing;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "view-of-missing-table",
    level: Deny,
    ways: Up,
    about: "a view reads a table that is not there",
    why: "SQLite takes the view as it is, and whoever reads it fails. Most forms of ALTER TABLE fail, \
          too, whatever table they are about.",
    instead: "Make the table first, or correct the name.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE VIEW emails AS SELECT email FROM user; SELECT * FROM emails;",
            Claim::Fails("no such table: main.user"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE VIEW emails AS WITH some AS (SELECT * FROM users) SELECT email FROM some, json_each('[1]');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateView(create) = site.act else { return };
    let end = rebuild::end(site);
    if site.catalogue.is_empty() {
        return;
    }
    for table in create.tables.iter().filter(|table| is_missing(&end, &end.key(table))) {
        hits.push(
            Hit::new(site.span, format!("whoever reads the view `{}` fails: there is no `{table}`", create.name))
                .help("make the table first, or correct the name"),
        );
    }
}
