//! `default-of-required-dropped`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "default-of-required-dropped",
    level: Warn,
    ways: Up,
    about: "a column that must not be NULL loses its default",
    why: "Programs that insert without naming the column fail from then on (error 1364).",
    instead: "Drop the default when every program names the column.",
    find,
    examples: &[
        fires(users!("ALTER TABLE users MODIFY age int NOT NULL DEFAULT 1;"), "ALTER TABLE users ALTER COLUMN age DROP DEFAULT;", Claim::Breaks("INSERT INTO users (email) VALUES ('c')")),
        quiet(users!(), "ALTER TABLE users ALTER COLUMN age DROP DEFAULT;"),
        quiet(users!("ALTER TABLE users MODIFY age int NOT NULL DEFAULT 1;"), "ALTER TABLE users ALTER COLUMN age SET DEFAULT 2;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::DropDefault { column } = &action.kind else { continue };
        let known = site.table(table).and_then(|table| table.column(column));
        if known.is_none_or(|column| column.not_null && !site.is_fresh(column.born)) {
            hits.push(
                Hit::new(&action.span, format!("programs that insert into `{table}` without `{column}` fail from then on"))
                    .help("drop the default when every program names the column"),
            );
        }
    }
}
