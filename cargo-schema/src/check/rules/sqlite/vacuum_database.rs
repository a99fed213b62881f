//! `vacuum-database`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "vacuum-database",
    level: Allow,
    ways: Up,
    about: "the whole database is written anew",
    why: "VACUUM copies every table into a file beside the database and back: it needs twice the room, \
          nobody can write meanwhile, and rows of tables without an INTEGER PRIMARY KEY get other row \
          numbers. Whoever writes it into a revision of its own that runs outside a transaction mostly knows, so \
          this rule is off unless it is asked for.",
    instead: "Run it by hand when the application is at rest.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (n TEXT); INSERT INTO t VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE n = 'a';",
            "VACUUM;",
            Claim::Runs,
        ).outside(),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ANALYZE;",
        ).outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_old = |table: &Table| !table.is_temporary && !site.is_fresh(table.born);
    if let Act::Maintain(maintain) = site.act
        && maintain.verb.starts_with("vacuum")
        && !site.is_transactional()
        && site.catalogue.tables().any(|(_, table)| is_old(table))
    {
        hits.push(
            Hit::new(site.span, "nobody can write while the whole database is copied, and it takes twice the room")
                .help("run it by hand when the application is at rest"),
        );
    }
}
