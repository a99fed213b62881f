//! `replace-drops-rows`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replace-drops-rows",
    level: Warn,
    ways: Up,
    about: "REPLACE deletes rows that others point to",
    why: "REPLACE deletes the row that is there and inserts another one: ON DELETE CASCADE takes the \
          rows of other tables with it, columns that are not named are lost, and triggers for DELETE \
          run.",
    instead: "Use INSERT .. ON DUPLICATE KEY UPDATE:\n\
          \n    \
          INSERT INTO users (id, email) VALUES (1, 'z') ON DUPLICATE KEY UPDATE email = VALUES(email);",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE); INSERT INTO orders VALUES (1, 1);"), "REPLACE INTO users (id, email) VALUES (1, 'z');", Claim::Loses("SELECT count(*) FROM orders")),
        quiet(users!(), "INSERT INTO users (id, email) VALUES (1, 'z') ON DUPLICATE KEY UPDATE email = VALUES(email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    let is_replace = insert.expr.text.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("replace"));
    let pointing = site.catalogue.referencing(&insert.table).next();
    if let Some((other, _)) = pointing.filter(|_| is_replace && site.is_old(&insert.table)) {
        hits.push(
            Hit::new(site.span, format!("rows of `{}` are deleted first, and those of `{other}` point to them", insert.table))
                .help("use INSERT .. ON DUPLICATE KEY UPDATE"),
        );
    }
}
