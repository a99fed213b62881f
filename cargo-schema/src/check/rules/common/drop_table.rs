//! `drop-table`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "drop-table",
    level: Deny,
    ways: Up,
    about: "a table goes, with all of its rows",
    why: "The rows are gone, and no way down brings them back. Programs of the previous release that still name the \
          table fail from this moment on.",
    instead: "First release a version that does not use the table. Then take it out of reach for a while, where a \
              forgotten reader shows and nothing is lost, and drop it later:\n\n    \
              ALTER TABLE carts RENAME TO carts_dropped_2026_11;",
    find,
    examples: &[
        fires(
            "CREATE TABLE carts (id bigint PRIMARY KEY); INSERT INTO carts VALUES (1);",
            "DROP TABLE carts;",
            Claim::Loses("SELECT count(*) FROM carts"),
        ),
        quiet(
            "CREATE TABLE carts (id bigint PRIMARY KEY);",
            "CREATE TABLE staged (id bigint); DROP TABLE staged; INSERT INTO carts VALUES (2);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Table {
        return;
    }
    let is_lost = |table: &&Name| {
        site.is_old(table) && !site.is_missing(drop, table) && rebuild::of(site, table).is_none()
    };
    for table in drop.names.iter().filter(is_lost) {
        hits.push(
            Hit::new(site.span, format!("`{table}` and all of its rows will be lost"))
                .help("release a version that does not use it first; then say so above: `-- schema:allow(drop-table) why`"),
        );
    }
}
