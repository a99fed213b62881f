//! `rebuild-loses-trigger`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-trigger",
    level: Deny,
    ways: Up,
    about: "a table is made anew, and a trigger of the old one is not",
    why: "Triggers go with the table that they are on, without a word. What they kept true is not kept \
          any more.",
    instead: "Make it again after the new table has its name:\n\
          \n    \
          ALTER TABLE new_users RENAME TO users;\n    \
          CREATE TRIGGER users_log AFTER UPDATE ON users BEGIN .. END;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER); CREATE TRIGGER users_log AFTER UPDATE ON users BEGIN INSERT INTO log (n) VALUES (new.id); END;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER); CREATE TRIGGER users_log AFTER UPDATE ON users BEGIN INSERT INTO log (n) VALUES (new.id); END;",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users; CREATE TRIGGER users_log AFTER UPDATE ON users BEGIN INSERT INTO log (n) VALUES (new.id); END;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let Act::Drop(drop) = site.act else { return };
    let on: Vec<String> = drop.names.iter().map(|name| site.catalogue.key(name)).collect();
    for (name, _) in site.catalogue.triggers().filter(|(_, trigger)| on.contains(&trigger.on)) {
        if !rebuild.end.triggers().any(|(other, trigger)| other == name || trigger.on == *name) {
            hits.push(
                Hit::new(site.span, format!("the trigger `{name}` goes with the old `{}`, and is not made again", rebuild.key))
                    .help("make it again after the new table has its name"),
            );
        }
    }
}
