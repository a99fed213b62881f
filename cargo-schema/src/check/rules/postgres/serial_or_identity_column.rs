//! `serial-or-identity-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "serial-or-identity-column",
    level: Warn,
    ways: Up,
    about: "numbering the rows that are there writes the whole table anew",
    why: "A serial or identity column gives every row a number: the table is written anew while nobody can use \
          it.",
    instead: "Add a plain column and a sequence, number new rows by a default and old ones in batches:\n\
          \n    \
          ALTER TABLE users ADD COLUMN number bigint;\n    \
          CREATE SEQUENCE users_number_seq OWNED BY users.number;\n    \
          ALTER TABLE users ALTER COLUMN number SET DEFAULT nextval('users_number_seq');",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN number bigserial;",
            Claim::Rewrites("users"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;",
            Claim::Rewrites("users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN number bigint;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ADD COLUMN number bigserial;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| site.is_old(table)) {
        if column.is_numbered || column.ty.as_ref().is_some_and(|ty| ty.is_serial) {
            hits.push(
                Hit::new(
                    &column.span,
                    format!(
                        "`{table}` is written anew, while nobody can use it, to number its rows in `{}`",
                        column.name
                    ),
                )
                .help("add a plain column, a sequence and a default; number old rows in batches"),
            );
        }
    }
}
