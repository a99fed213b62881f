//! `charset-narrowed`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "charset-narrowed",
    level: Deny,
    ways: Up,
    about: "text is put into a character set that lacks characters",
    why: "Characters that the new character set does not have make the statement fail in strict mode, \
          and become question marks in any other. utf8 and utf8mb3 lack emoji and rare letters of \
          names.",
    instead: "Stay with utf8mb4, or convert to it.",
    find,
    examples: &[
        fires(users!("SET NAMES utf8mb4; INSERT INTO users (email) VALUES (_utf8mb4 x'F09F9880');"), "ALTER TABLE users CONVERT TO CHARACTER SET latin1;", Claim::Fails("1366")),
        fires(users!("INSERT INTO users (email) VALUES (_utf8mb4 x'F09F9880');"), "ALTER TABLE users MODIFY email varchar(100) CHARACTER SET utf8mb3;", Claim::Fails("1366")),
        quiet(users!("ALTER TABLE users ADD name varchar(20) CHARACTER SET latin1;"), "-- schema:allow(type-change-copy) a small table\nALTER TABLE users MODIFY name varchar(20) CHARACTER SET utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let to = match &action.kind {
            ActionKind::ConvertCharset { charset, .. } => charset.clone(),
            ActionKind::RedefineColumn { definition, .. } => match &definition.charset {
                Some(charset) => charset.clone(),
                None => continue,
            },
            _ => continue,
        };
        let was = before(site, table, action);
        if innodb::width(Some(&to)) < innodb::width(was.as_deref()) && was.as_deref() != Some(to.as_str()) {
            hits.push(
                Hit::new(&action.span, format!("`{to}` lacks characters that text of `{table}` may have"))
                    .note("in strict mode it fails on the first of them, otherwise they become question marks")
                    .help("convert to utf8mb4, which has all"),
            );
        }
    }
}

/// The character set so far; what nothing is known of may be any.
fn before(site: &Site<'_>, table: &Name, action: &Action) -> Option<String> {
    let known = site.table(table)?;
    match &action.kind {
        ActionKind::RedefineColumn { column, .. } => {
            let column = known.column(column)?;
            innodb::charset(known, column.charset.as_ref(), column.collation.as_ref())
        }
        _ => innodb::charset(known, None, None),
    }
}
