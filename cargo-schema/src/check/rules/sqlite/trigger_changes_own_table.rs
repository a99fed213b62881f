//! `trigger-changes-own-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "trigger-changes-own-table",
    level: Allow,
    ways: Up,
    about: "a trigger changes the table that it is on",
    why: "With recursive_triggers it fires itself until nothing changes any more or SQLite stops it after \
          a thousand times; without, it fires once and others do not fire for what it changes.",
    instead: "Use a WHEN condition that is not true a second time.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TRIGGER aging AFTER UPDATE ON users BEGIN UPDATE users SET age = age + 1 WHERE id = new.id; END;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE log (n INTEGER); CREATE TRIGGER aging AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (new.id); END;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTrigger(create) = site.act else { return };
    let own = site.catalogue.key(&create.table);
    if create.writes.iter().any(|table| site.catalogue.key(table) == own) {
        hits.push(
            Hit::new(site.span, format!("`{}` changes `{own}`, which it is on: with recursive_triggers it fires itself", create.name))
                .help("use a WHEN condition that is not true a second time"),
        );
    }
}
