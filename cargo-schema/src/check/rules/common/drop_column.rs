//! `drop-column`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-column",
    level: Deny,
    ways: Up,
    about: "a column goes, with what is in it",
    why: "The values are gone, and no way down brings them back. Programs of the previous release that still \
          read or write the column fail from this moment on, and while a release is rolled out they run beside \
          the new ones.",
    instead: "Release a version that does not use the column first; drop the column in a later release, and say \
          so:\n\
          \n    \
          -- schema:allow(drop-column) nothing reads it since 1.4\n    \
          ALTER TABLE users DROP COLUMN age;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users DROP COLUMN age;",
            Claim::Loses("SELECT count(age) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh DROP COLUMN age;",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN tmp int; ALTER TABLE users DROP COLUMN tmp;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::DropColumn { column, if_exists, .. } = &action.kind else { continue };
        let known = site.table(table);
        let was = known.and_then(|table| table.column(column));
        let is_missing = known.is_some_and(|table| !table.is_vague) && was.is_none();
        if was.is_some_and(|column| site.is_fresh(column.born)) || (*if_exists && is_missing) {
            continue;
        }
        hits.push(
            Hit::new(&action.span, format!("`{table}.{column}` and all that is in it will be lost"))
                .note("programs that still name the column fail from then on")
                .help("release a version that does not use it first; then say so above: `-- schema:allow(drop-column) why`"),
        );
    }
}
