//! `separate-alters`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "separate-alters",
    level: Allow,
    ways: Up,
    about: "one table is altered several times in a row",
    why: "Each statement waits for its lock again, and those that look at rows look at them again.",
    instead: "Put the changes into one ALTER TABLE.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE users ADD COLUMN b int;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::AlterTable(alter) = site.act else { return };
    let Some(last) = site.before().last() else { return };
    if matches!(&last.act, Act::AlterTable(earlier) if earlier.table == alter.table)
        && site.is_old(&alter.table)
    {
        hits.push(
            Hit::new(site.span, format!("`{}` is altered again", alter.table))
                .help("put the changes into one ALTER TABLE"),
        );
    }
}
