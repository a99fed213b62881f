//! `drop-referenced-table`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-referenced-table",
    level: Deny,
    ways: Up,
    about: "a table is dropped or emptied that others point to",
    why: "DROP TABLE fails while a foreign key of another table points to it (error 1451; 3730 on \
          MySQL 8), and so does TRUNCATE (1701).",
    instead: "Drop the foreign keys, or the tables that point to it, first:\n\
          \n    \
          ALTER TABLE orders DROP FOREIGN KEY orders_ibfk_1;",
    find,
    examples: &[
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));"), "-- schema:allow(drop-table) gone\nDROP TABLE users;", Claim::Fails("1451")),
        fires(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));"), "TRUNCATE TABLE users;", Claim::Fails("1701")),
        quiet(users!("CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));"), "-- schema:allow(drop-table) gone\nDROP TABLE orders, users;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (verb, tables) = match site.act {
        Act::Drop(drop) if drop.object == Object::Table => ("dropped", &drop.names),
        Act::Truncate(truncate) => ("emptied", &truncate.tables),
        _ => return,
    };
    if !innodb::checks_keys(site) {
        return;
    }
    let goes = |other: &str| verb == "dropped" && tables.iter().any(|table| site.catalogue.key(table) == other);
    for table in tables {
        if let Some((other, _)) = site.catalogue.referencing(table).find(|(other, _)| !goes(other)) {
            hits.push(
                Hit::new(site.span, format!("`{table}` cannot be {verb} while a foreign key of `{other}` points to it"))
                    .help("drop that foreign key, or that table, first"),
            );
        }
    }
}
