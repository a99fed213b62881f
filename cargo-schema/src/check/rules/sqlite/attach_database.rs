//! `attach-database`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "attach-database",
    level: Warn,
    ways: Up,
    about: "a migration opens another database",
    why: "The path is one of this machine; another one gets an empty file there. Changes of several files \
          are not one transaction while one of them has a write-ahead log.",
    instead: "Copy between databases by a program of your own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ATTACH DATABASE ':memory:' AS other;",
            Claim::Spoils("SELECT count(*) = 1 FROM pragma_database_list"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TEMP TABLE other (a TEXT); DROP TABLE other;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if let Act::Create(create) = site.act
        && create.object == Object::Database
    {
        hits.push(
            Hit::new(site.span, format!("`{}` is another file, which other machines have not", create.name))
                .help("copy between databases by a program of your own"),
        );
    }
}
