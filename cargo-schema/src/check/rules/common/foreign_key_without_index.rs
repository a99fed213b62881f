//! `foreign-key-without-index`.

use crate::check::rules::prelude::*;
use crate::check::sql::part::ForeignKey;
use schema_runtime::dialect::Dialect;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-without-index",
    level: Allow,
    ways: Up,
    about: "no index begins with the columns of a foreign key",
    why: "Whoever deletes a row of the referenced table, or changes its key, makes the database look for rows \
          that point to it. Without an index that is a scan of the whole table, for every row.",
    instead: "Make the index first:\n\
          \n    \
          CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, note text);\nINSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;",
            "CREATE INDEX ON orders (user_id); ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    // InnoDB makes the index itself.
    if site.script.dialect == Dialect::Mysql {
        return;
    }
    for (table, key, span) in added(site) {
        if has_index(site, table, &key.columns) {
            continue;
        }
        let columns = key.columns.join(", ");
        hits.push(
            Hit::new(
                span,
                format!("no index of `{table}` begins with ({columns}), which point to `{}`", key.table),
            )
            .sql("make one:", format!("CREATE INDEX ON {table} ({columns});")),
        );
    }
}

type Added<'a> = (&'a Name, &'a ForeignKey, &'a Range<usize>);

fn added<'a>(site: &Site<'a>) -> Vec<Added<'a>> {
    let mut keys: Vec<Added<'a>> = Vec::new();
    let mut take = |table: &'a Name, constraint: &'a Constraint| {
        if let ConstraintKind::ForeignKey(key) = &constraint.kind {
            keys.push((table, key, &constraint.span));
        }
    };
    if let Act::CreateTable(create) = site.act {
        let beside = create.columns.iter().flat_map(|column| &column.constraints);
        create.constraints.iter().chain(beside).for_each(|it| take(&create.table, it));
    }
    site.added_constraints().for_each(|(table, constraint)| take(table, constraint));
    keys
}

/// Now, or when the script is done.
fn has_index(site: &Site<'_>, table: &Name, columns: &[String]) -> bool {
    let later = std::iter::once(site.act).chain(site.after().iter().map(|placed| &placed.act));
    let mut catalogue = site.catalogue.clone();
    later.for_each(|act| catalogue.apply(act, site.script.era));
    catalogue.table(table).is_none_or(|table| table.has_index_on(columns))
}
