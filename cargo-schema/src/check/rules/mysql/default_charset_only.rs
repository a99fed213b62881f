//! `default-charset-only`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "default-charset-only",
    level: Allow,
    ways: Up,
    about: "the default character set of a table changes, and none of its columns",
    why: "Columns that are there keep theirs; only new ones get the new one, so that one table has \
          both.",
    instead: "Convert the columns as well, if that is meant:\n\
          \n    \
          ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users DEFAULT CHARACTER SET latin1;", Claim::Runs),
        quiet(users!(), "-- schema:allow(convert-charset) small\nALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        if matches!(&action.kind, ActionKind::SetTableOption { name, .. } if name == "charset") {
            hits.push(
                Hit::new(&action.span, format!("columns that `{table}` has keep their character set"))
                    .help("convert them as well, if that is meant: `CONVERT TO CHARACTER SET ..`"),
            );
        }
    }
}
