//! `change-blocked-by-view`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "change-blocked-by-view",
    level: Deny,
    ways: Up,
    about: "a view stands in the way of a change",
    why: "PostgreSQL refuses to drop a column, or to change its type, while a view reads it.",
    instead: "Drop the view first, and make it again in the same revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "ALTER TABLE users ALTER COLUMN email TYPE varchar(99);",
            Claim::Fails("0A000"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1;",
        ),
        quiet(
            "CREATE TABLE clubs (id bigint PRIMARY KEY, title varchar(9));\nCREATE TABLE players (id bigint PRIMARY KEY, club bigint, title varchar(9), badge text); CREATE VIEW roster AS WITH own AS (SELECT p.*, (SELECT c.title FROM clubs c WHERE c.id = p.club) AS club_title FROM players p) SELECT o.* FROM own o JOIN clubs k ON k.id = o.club;",
            "ALTER TABLE clubs ADD COLUMN crest text; ALTER TABLE clubs ALTER COLUMN crest TYPE varchar(9); ALTER TABLE players ADD COLUMN note text; ALTER TABLE players DROP COLUMN note;",
        ),
        quiet(
            "CREATE TABLE halls (id bigint PRIMARY KEY, seats int);\nCREATE VIEW open_halls AS SELECT id, seats FROM halls; CREATE VIEW big_halls AS SELECT id FROM open_halls WHERE seats > 99;",
            "DROP VIEW open_halls CASCADE; ALTER TABLE halls ALTER COLUMN seats TYPE bigint;",
        ),
        fires(
            "CREATE TABLE boats (id bigint PRIMARY KEY, length int, flag text);\nINSERT INTO boats VALUES (1, 2, 'x'); CREATE VIEW fleet AS SELECT b.flag AS colours FROM boats b; ALTER TABLE boats RENAME COLUMN flag TO ensign;",
            "ALTER TABLE boats DROP COLUMN ensign;",
            Claim::Fails("2BP01"),
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes() {
        let column = match &action.kind {
            ActionKind::DropColumn { column, cascade: false, .. } | ActionKind::SetType { column, .. } => {
                column
            }
            _ => continue,
        };
        let is_known = site.table(table).is_some_and(|table| table.column(column).is_some());
        if let (true, Some(view)) = (is_known, site.catalogue.views_of(table, column).next()) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!("PostgreSQL refuses this: the view `{view}` reads `{table}.{column}`"),
                )
                .help("drop the view first, and make it again in the same revision"),
            );
        }
    }
}
