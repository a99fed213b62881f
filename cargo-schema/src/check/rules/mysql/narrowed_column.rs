//! `narrowed-column`.

use crate::check::rules::innodb::{self, Conversion};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "narrowed-column",
    level: Deny,
    ways: Up,
    about: "a column gets a type that values may not fit into",
    why: "In strict mode the statement fails on the first value that does not fit, after it has copied \
          rows while nobody could write; without strict mode values are cut. Digits behind the point, \
          and the time of a DATETIME that becomes a DATE, are cut in any mode, without an error.",
    instead: "Look for values that do not fit first, and mend them; keep the old column until nobody needs \
          what was cut:\n\
          \n    \
          SELECT id FROM users WHERE char_length(email) > 5;",
    find,
    examples: &[
        fires(users!("UPDATE users SET email = 'a very long address';"), "ALTER TABLE users MODIFY email varchar(5);", Claim::Fails("1406")),
        fires(users!("ALTER TABLE users ADD seen datetime DEFAULT '2020-01-01 10:11:12';"), "ALTER TABLE users MODIFY seen date;", Claim::Spoils("SELECT max(seen) = '2020-01-01 10:11:12' FROM users")),
        fires(users!("ALTER TABLE users MODIFY age bigint; UPDATE users SET age = 5000000000;"), "ALTER TABLE users CHANGE age age int;", Claim::Fails("1264")),
        quiet(users!(), "ALTER TABLE users MODIFY email varchar(100) COLLATE utf8mb4_bin;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some((known, column, definition)) = innodb::redefinition(site, table, action) else { continue };
        let Some(owner) = site.table(table) else { continue };
        let is_values = known.ty.as_ref().is_some_and(|ty| !ty.values.is_empty());
        if innodb::conversion(owner, known, definition) != Conversion::Narrow || is_values {
            continue;
        }
        let (from, to) = (known.ty.as_ref().map_or("", |ty| ty.text.as_str()), innodb::type_text(definition));
        hits.push(
            Hit::new(&action.span, format!("values of `{table}.{column}` (`{from}`) may not fit into `{to}`"))
                .note("in strict mode it fails on the first of them, otherwise they are cut; every row is copied meanwhile")
                .sql("look for them first:", format!("SELECT {column} FROM {table} WHERE {column} <> CAST({column} AS {to}) LIMIT 10;")),
        );
    }
}
