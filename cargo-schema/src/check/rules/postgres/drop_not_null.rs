//! `drop-not-null`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-not-null",
    level: Warn,
    ways: Up,
    about: "a column may be NULL while programs do not expect it",
    why: "Programs of the previous release read it into a type that has no NULL (in Rust, one that is no \
          Option), and fail at the first row that has one.",
    instead: "Release a version that reads an Option first, and say so:\n\
          \n    \
          -- schema:allow(drop-not-null) an Option since 1.4\n    \
          ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
            Claim::Spoils(
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'email'",
            ),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ALTER COLUMN age DROP NOT NULL;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::DropNotNull { column } = &action.kind else { continue };
        let known = site.table(table).and_then(|table| table.column(column));
        if known.is_none_or(|column| column.not_null) {
            hits.push(
                Hit::new(&action.span, format!("programs that read `{table}.{column}` do not expect NULL"))
                    .help("release a version that reads an Option first; then say so above: `-- schema:allow(drop-not-null) why`"),
            );
        }
    }
}
