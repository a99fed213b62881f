//! `create-table-as`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-table-as",
    level: Allow,
    ways: Up,
    about: "a table is made from a query",
    why: "The new table has the columns of the query and nothing else: no key, no constraint, no default, no \
          index.",
    instead: "Create the table with all that it needs, then fill it:\n\
          \n    \
          CREATE TABLE archive (LIKE users INCLUDING ALL);\n    \
          INSERT INTO archive SELECT * FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE archive AS SELECT * FROM users;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE archive (id bigint PRIMARY KEY); INSERT INTO archive (id) SELECT id FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    if create.has_query && !create.is_temporary {
        hits.push(
            Hit::new(
                site.span,
                format!("`{}` gets no key, constraint, default or index from the query", create.table),
            )
            .help("create the table with all that it needs, then fill it with INSERT .. SELECT"),
        );
    }
}
