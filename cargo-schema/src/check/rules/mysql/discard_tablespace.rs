//! `discard-tablespace`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "discard-tablespace",
    level: Deny,
    ways: Up,
    about: "the rows of a table are thrown away as a file",
    why: "DISCARD TABLESPACE deletes the file with all rows; the table cannot be read until another \
          file is imported.",
    instead: "Leave it out: it belongs to the restore of a table, by hand.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users DISCARD TABLESPACE;", Claim::Loses("SELECT count(*) FROM users")),
        quiet(users!(), "ALTER TABLE users COMMENT 'DISCARD TABLESPACE';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(&action.kind, ActionKind::Other(words) if words.starts_with("discard")) {
            hits.push(
                Hit::new(&action.span, format!("the file with all rows of `{table}` is deleted"))
                    .help("leave it out: it belongs to the restore of a table, by hand"),
            );
        }
    }
}
