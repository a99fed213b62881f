//! `column-becomes-required`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "column-becomes-required",
    level: Deny,
    ways: Up,
    about: "a column that allows NULL no longer does",
    why: "It fails where a row has NULL, programs that still write NULL fail from then on, and the \
          whole table is written anew. Where the mode of the session is not strict it does not fail: \
          every NULL becomes 0 or an empty string.",
    instead: "Fill the column first, in batches, and release programs that always write it. Then state \
          what may happen:\n\
          \n    \
          UPDATE users SET age = 0 WHERE age IS NULL LIMIT 1000;",
    find,
    examples: &[
        fires(users!("INSERT INTO users (email) VALUES (NULL);"), "ALTER TABLE users MODIFY email varchar(100) NOT NULL;", Claim::Fails("1265")),
        fires(users!(), "ALTER TABLE users MODIFY age int NOT NULL;", Claim::Breaks("INSERT INTO users (age) VALUES (NULL)")),
        quiet(users!(), "ALTER TABLE users MODIFY email varchar(100) NULL COMMENT 'x';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some((known, column, definition)) = innodb::redefinition(site, table, action) else { continue };
        if known.not_null || !definition.not_null || site.is_fresh(known.born) {
            continue;
        }
        hits.push(
            Hit::new(&action.span, format!("`{table}.{column}` may hold NULL, and must not from then on"))
                .note("it fails where a row has NULL (or turns it into 0 or '' where the mode is not strict), and writes the table anew")
                .sql("fill it first, in batches that commit by themselves:", format!("UPDATE {table} SET {column} = .. WHERE {column} IS NULL LIMIT 1000;")),
        );
    }
}
