//! `truncate-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "truncate-table",
    level: Deny,
    ways: Up,
    about: "all rows of a table go",
    why: "TRUNCATE removes every row and asks nobody. It also locks the table against everybody, readers \
          included, until the transaction ends.",
    instead: "Delete what may go, in batches, outside a transaction; or name it and say why all of it may go:\n\
          \n    \
          -- schema:allow(truncate-table) a cache, filled again on demand\n    \
          TRUNCATE sessions;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "TRUNCATE users;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); INSERT INTO fresh VALUES (1, 'a', 1); TRUNCATE fresh;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Truncate(truncate) = site.act else { return };
    for table in truncate.tables.iter().filter(|table| site.is_old(table)) {
        hits.push(
            Hit::new(site.span, format!("all rows of `{table}` will be lost"))
                .help("delete what may go, in batches; if all of it may, say so above: `-- schema:allow(truncate-table) why`"),
        );
    }
}
