//! `column-position`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-position",
    level: Allow,
    ways: Up,
    about: "a column is put at a place among others",
    why: "MySQL before 8.0.29 writes the whole table anew for it, and so does MariaDB where the table \
          has generated columns; programs that name columns do not see the order.",
    instead: "Add it behind the others.",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50) AFTER email;", Claim::Runs),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let column = match &action.kind {
            ActionKind::AddColumn { column, .. } => column,
            ActionKind::RedefineColumn { definition, .. } => definition,
            _ => continue,
        };
        if column.is_placed {
            hits.push(
                Hit::new(&action.span, format!("the place of `{table}.{}` may cost a rewrite of the table", column.name))
                    .help("leave out FIRST or AFTER"),
            );
        }
    }
}
