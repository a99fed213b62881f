//! `index-of-the-moment`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_of_the_moment;

pub(super) static RULE: Rule = Rule {
    id: "index-of-the-moment",
    level: Deny,
    ways: Up,
    about: "an index or a generated column asks for the time, or for chance",
    why: "What is stored must be the same whenever it is computed. SQLite refuses functions that are not, \
          at once or when the first row is written.",
    instead: "Store the value in a column of its own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX recent ON users (datetime('now'));",
            Claim::Fails("non-deterministic"),
        ),
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER AS (abs(random())));",
            Claim::Fails("non-deterministic"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX lower_emails ON users (lower(email), date(age));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let found = match site.act {
        Act::CreateIndex(create) => {
            let expr = create.condition.iter().any(is_of_the_moment);
            let is_it = |text: &str| ["random ()", "'now'", "CURRENT_", "randomblob"].iter().any(|word| text.replace("()", " ()").contains(word));
            (expr || create.items.iter().any(|item| item.column.is_none() && is_it(&item.text))).then_some(site.span)
        }
        Act::CreateTable(create) => {
            let is_it = |column: &&Column| column.generated.iter().any(|generated| is_of_the_moment(&generated.expr));
            create.columns.iter().find(is_it).map(|column| &column.span)
        }
        _ => {
            let mut added = site.added_columns().map(|(_, column)| column);
            added.find(|column| column.generated.iter().any(|it| is_of_the_moment(&it.expr))).map(|column| &column.span)
        }
    };
    if let Some(span) = found {
        hits.push(Hit::new(span, "SQLite refuses what is another value whenever it is computed").help("store the value in a column of its own"));
    }
}
