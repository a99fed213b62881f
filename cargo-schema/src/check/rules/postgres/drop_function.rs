//! `drop-function`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-function",
    level: Warn,
    ways: Up,
    about: "a function goes that programs may call",
    why: "Programs that call it fail from this moment on; functions that call it fail when they run, not now.",
    instead: "Drop it in a release after the one that stopped calling it. To change it, CREATE OR REPLACE it.",
    find,
    examples: &[
        fires(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "DROP FUNCTION f();",
            Claim::Breaks("SELECT f()"),
        ),
        quiet(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;",
            "DROP FUNCTION f();",
        ),
        quiet(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "DROP FUNCTION f(); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Function {
        return;
    }
    let is_made = |acts: &[crate::check::sql::Placed], name: &Name| {
        acts.iter()
            .any(|placed| matches!(&placed.act, Act::CreateFunction(create) if create.name.name == name.name))
    };
    for name in drop.names.iter().filter(|name| {
        !is_made(site.after(), name) && !is_made(site.before(), name) && !site.is_missing(drop, name)
            && !site.catalogue.is_of_triggers(&name.name)
    }) {
        hits.push(
            Hit::new(site.span, format!("whoever calls `{name}` fails from then on"))
                .help("drop it in a release after the one that stopped calling it"),
        );
    }
}
