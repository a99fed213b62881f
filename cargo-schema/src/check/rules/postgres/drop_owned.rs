//! `drop-owned`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-owned",
    level: Deny,
    ways: Both,
    about: "everything that a role owns goes",
    why: "DROP OWNED BY drops every object of the role in this database, whatever it is.",
    instead: "Drop what may go by name; give the rest to another role:\n\
          \n    \
          REASSIGN OWNED BY old TO new;",
    find,
    examples: &[
        fires(
            "DO $$ BEGIN CREATE ROLE schema_lint_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$; CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE users OWNER TO schema_lint_owner;",
            "DROP OWNED BY schema_lint_owner;",
            Claim::Loses("SELECT 1 + count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "-- schema:allow(drop-sequence) example\nCREATE SEQUENCE s; DROP SEQUENCE s;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if matches!(site.act, Act::Drop(drop) if drop.object == Object::Other)
        && site.statement().to_lowercase().starts_with("drop owned")
    {
        hits.push(
            Hit::new(site.span, "everything that the role owns will be lost")
                .help("drop what may go by name, and REASSIGN OWNED the rest"),
        );
    }
}
