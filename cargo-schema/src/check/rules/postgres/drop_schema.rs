//! `drop-schema`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-schema",
    level: Deny,
    ways: Up,
    about: "a schema goes, with everything in it",
    why: "Everything that is in the schema is lost with CASCADE; without it the statement fails unless the \
          schema is empty.",
    instead: "Drop what is in it by name, each in the release after the one that stopped using it.",
    find,
    examples: &[
        fires(
            "CREATE SCHEMA old; CREATE TABLE old.t (id bigint PRIMARY KEY); INSERT INTO old.t VALUES (1);",
            "DROP SCHEMA old CASCADE;",
            Claim::Loses("SELECT count(*) FROM old.t"),
        ),
        quiet("", "CREATE SCHEMA tmp; DROP SCHEMA tmp;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Schema {
        return;
    }
    let is_new = |name: &Name| {
        site.before().iter().any(|placed| {
            matches!(&placed.act, Act::Create(create) if create.object == Object::Schema && create.name.name == name.name)
        })
    };
    for name in drop.names.iter().filter(|name| !is_new(name) && !site.is_missing(drop, name)) {
        hits.push(
            Hit::new(site.span, format!("the schema `{name}` and all that is in it will be lost"))
                .help("drop what is in it by name; if all of it may go, say so above: `-- schema:allow(drop-schema) why`"),
        );
    }
}
