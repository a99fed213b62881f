//! `truncate-cascade`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "truncate-cascade",
    level: Deny,
    ways: Up,
    about: "TRUNCATE spreads to every table that points to it",
    why: "CASCADE empties all tables with a foreign key to the table, and all that point to these, whatever \
          they hold.",
    instead: "Name every table that is to be emptied; without CASCADE PostgreSQL refuses to go further.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n; ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id);",
            "TRUNCATE users CASCADE;",
            Claim::Loses("SELECT count(*) FROM orders"),
        ),
        quiet("", "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); TRUNCATE fresh CASCADE;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Truncate(truncate) = site.act else { return };
    if !truncate.cascade {
        return;
    }
    for table in truncate.tables.iter().filter(|table| site.is_old(table)) {
        let others: Vec<&str> = site.catalogue.referencing(table).map(|(key, _)| key).collect();
        let named = if others.is_empty() {
            "every table that points to it".to_owned()
        } else {
            format!("`{}`", others.join("`, `"))
        };
        hits.push(
            Hit::new(site.span, format!("all rows of `{table}` and of {named} will be lost"))
                .help("name every table that is to be emptied, and leave CASCADE out"),
        );
    }
}
