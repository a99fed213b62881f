//! `dynamic-sql`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "dynamic-sql",
    level: Warn,
    ways: Up,
    about: "SQL is put together when it runs, and nobody can read it before",
    why: "EXECUTE or PREPARE of anything but a plain string can do whatever this check would find, and the check knows \
          nothing of what it made.",
    instead: "Write the statements out; or say above what it does:\n\
          \n    \
          -- schema:allow(dynamic-sql) grants for each partition",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'users'; END $$;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "DO $$ BEGIN PERFORM 1 FROM users; END $$;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if matches!(site.act, Act::Dynamic) {
        hits.push(
            Hit::new(site.span, "what this does is known only when it runs, so no rule has looked at it")
                .help(
                    "write the statements out; or say above what it does: `-- schema:allow(dynamic-sql) why`",
                ),
        );
    }
}
