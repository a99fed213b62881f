//! `inserted-twice`.

use schema_runtime::dialect::Dialect;

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "inserted-twice",
    level: Deny,
    ways: Up,
    about: "a row is inserted whose key the history has inserted before",
    why: "Each database has run what came before, so the row is there, and a unique key takes no second one: the \
          statement fails, and the migration with it. Rows are followed that are written down as literals, until \
          something changes or deletes rows of their table.",
    instead: "Leave the row out, or say what is to happen where it is there:\n\
          \n    \
          INSERT INTO plans (id, name) VALUES (1, 'free') ON CONFLICT (id) DO NOTHING;",
    find,
    examples: &[
        fires(
            "CREATE TABLE plans (id bigint PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'free'), (2, 'team');",
            "INSERT INTO plans (name, id) VALUES ('pro', 3), ('small', 2);",
            Claim::Fails("23505"),
        ),
        fires(
            "CREATE TABLE plans (id bigint PRIMARY KEY, name text UNIQUE);",
            "INSERT INTO plans VALUES (1, 'free'); INSERT INTO plans VALUES (2, 'free');",
            Claim::Fails("23505"),
        ),
        quiet(
            "CREATE TABLE plans (id bigint PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'free'), (2, 'team');",
            "INSERT INTO plans VALUES (3, 'pro'); INSERT INTO plans VALUES (1, 'free') ON CONFLICT DO NOTHING; INSERT INTO plans SELECT 2, 'team' WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 2);",
        ),
        quiet(
            "CREATE TABLE plans (id bigint PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'free'), (2, 'team');",
            "DELETE FROM plans WHERE id = 1; INSERT INTO plans VALUES (1, 'basic');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    if site.is_inner {
        return;
    }
    if let Some((columns, values)) = site.catalogue.taken(insert) {
        let instead = match site.script.dialect {
            Dialect::Mysql => "INSERT IGNORE, or ON DUPLICATE KEY UPDATE",
            Dialect::Postgres | Dialect::Sqlite => "ON CONFLICT (..) DO NOTHING",
        };
        hits.push(
            Hit::new(
                &site.verb_on(),
                format!("`{}` has a row with this ({columns}) already: {values}", insert.table),
            )
            .help(format!("leave the row out, or say what is to happen where it is there: {instead}")),
        );
    }
}
