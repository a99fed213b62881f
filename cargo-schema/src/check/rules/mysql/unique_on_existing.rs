//! `unique-on-existing`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unique-on-existing",
    level: Warn,
    ways: Up,
    about: "rows that are there have to be unique from now on",
    why: "It fails where two rows have the same values (error 1062), after the index was built up to \
          there; and programs that write such rows fail from then on. Programs can write while it is \
          built.",
    instead: "Look for rows with the same values first, and mend them:\n\
          \n    \
          SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1;",
    find,
    examples: &[
        fires(users!("INSERT INTO users (email) VALUES ('a');"), "ALTER TABLE users ADD UNIQUE INDEX users_email (email);", Claim::Fails("1062")),
        fires(users!(), "CREATE UNIQUE INDEX users_email ON users (email);", Claim::Breaks("INSERT INTO users (email) VALUES ('a')")),
        quiet(users!(), "CREATE INDEX users_email ON users (email);"),
        quiet(users!(), "CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50), UNIQUE KEY by_name (name));"),
        quiet(users!(), "DELETE FROM users WHERE id IN (5, 6); CREATE UNIQUE INDEX users_email ON users (email);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (index, span) in site.indexes().into_iter().filter(|(index, _)| index.is_unique) {
        let columns: Vec<&String> = index.items.iter().filter_map(|item| item.column.as_ref()).collect();
        if matches!(site.act, Act::CreateTable(_)) || !site.is_old(&index.table) || is_certain(site, &index.table, &columns) {
            continue;
        }
        let list = index.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join(", ");
        hits.push(
            Hit::new(span, format!("it fails where two rows of `{}` have the same ({list})", index.table)).sql(
                "look for them first, and mend them in a revision before:",
                format!("SELECT {list}, count(*) FROM {} GROUP BY {list} HAVING count(*) > 1 LIMIT 10;", index.table),
            ),
        );
    }
}

/// Nothing can be there twice: the columns hold a key, are new and empty, or the script has taken care of them.
fn is_certain(site: &Site<'_>, table: &Name, columns: &[&String]) -> bool {
    let is_new = |column: &&String| {
        let here = site.added_columns().any(|(_, added)| added.name.name == **column && added.default.is_none());
        let before = site.table(table).and_then(|table| table.column(column));
        here || before.is_some_and(|column| site.is_fresh(column.born) && column.default.is_none())
    };
    let holds = |key: &Vec<Option<String>>| key.iter().flatten().all(|own| columns.contains(&own)) && !key.is_empty();
    let has_key = site.table(table).is_some_and(|known| known.indexes.iter().any(|it| it.is_unique && holds(&it.columns)));
    let is_mended = site.before().iter().any(|placed| match &placed.act {
        Act::Delete(change) | Act::Update(change) => change.table.name == table.name,
        _ => false,
    });
    columns.iter().any(is_new) || has_key || is_mended
}
