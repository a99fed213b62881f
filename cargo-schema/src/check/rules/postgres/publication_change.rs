//! `publication-change`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "publication-change",
    level: Warn,
    ways: Up,
    about: "what is published to other databases changes",
    why: "Readers of the publication miss rows, or get tables that they do not have and stop.",
    instead: "Change the readers first, and say so.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE PUBLICATION p FOR TABLE users;",
            "ALTER PUBLICATION p DROP TABLE users;",
            Claim::Loses("SELECT count(*) FROM pg_publication_tables WHERE pubname = 'p'"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE PUBLICATION p FOR TABLE users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (object, name) = match site.act {
        Act::Alter(alter) => (alter.object, Some(&alter.name)),
        Act::Drop(drop) => (drop.object, drop.names.first()),
        _ => return,
    };
    if let (Object::Publication | Object::Subscription, Some(name)) = (object, name) {
        hits.push(
            Hit::new(
                site.span,
                format!("readers of `{name}` miss rows, or get tables that they do not have"),
            )
            .help("change the readers first; then say so above: `-- schema:allow(publication-change) why`"),
        );
    }
}
