//! `rename-table`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "rename-table",
    level: Deny,
    ways: Up,
    about: "a table gets another name while programs use the old one",
    why: "Programs of the previous release name the table as it was called, and fail until the last of them is \
          replaced; where a new table takes the name and nobody copies the rows, they find none.",
    instead: "Leave a view under the old name in the same revision until nobody uses it; simple views can be \
          written to as well:\n\
          \n    \
          ALTER TABLE users RENAME TO accounts;\n    \
          CREATE VIEW users AS SELECT id, email, age FROM accounts;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users RENAME TO accounts;",
            Claim::Breaks("SELECT id FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT id, email, age FROM accounts;",
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE users_new (id bigint PRIMARY KEY, email text NOT NULL, age int);\nALTER TABLE users RENAME TO users_old; ALTER TABLE users_new RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh RENAME TO other;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Rename(rename) = site.act else { return };
    if rename.object != Object::Table || !site.is_old(&rename.from) || returns(site, &rename.from) || is_swapped(site, &rename.to) {
        return;
    }
    let (from, to) = (&rename.from, &rename.to);
    let span = site.clause(from, "rename");
    hits.push(Hit::new(&span, format!("programs that run now fail when `{from}` is called `{to}`")).sql(
        "leave a view under the old name until nobody uses it:",
        format!("CREATE VIEW {from} AS SELECT * FROM {to};"),
    ));
}

/// It takes the name of a table that was called otherwise just before, or dropped: programs know it by that one.
fn is_swapped(site: &Site<'_>, to: &str) -> bool {
    let is_free = |act: &Act| match act {
        Act::Rename(other) => other.from.name == to,
        Act::Drop(drop) => drop.object == Object::Table && drop.names.iter().any(|name| name.name == to),
        _ => false,
    };
    site.before().iter().any(|placed| is_free(&placed.act))
}

/// A view takes the old name in the same script, or a table that is not bound to be empty.
fn returns(site: &Site<'_>, from: &Name) -> bool {
    site.after().iter().any(|placed| match &placed.act {
        Act::CreateView(view) => view.name.name == from.name,
        Act::CreateTable(create) => {
            create.table.name == from.name && (create.has_query || is_copied_into(site, &create.table))
        }
        Act::Rename(rename) => rename.to == from.name && (site.is_old(&rename.from) || is_filled(site, &rename.from)),
        _ => false,
    })
}

/// The script copies rows into a table, or the history did when it made it.
fn is_filled(site: &Site<'_>, table: &Name) -> bool {
    site.table(table).is_some_and(|known| known.has_rows) || is_copied_into(site, table)
}

fn is_copied_into(site: &Site<'_>, table: &Name) -> bool {
    let copies = |act: &Act| matches!(act, Act::Insert(insert) if insert.table.name == table.name && insert.has_query);
    site.script.acts.iter().any(|placed| copies(&placed.act))
}
