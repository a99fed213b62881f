//! `view-loses-column`.

use crate::check::catalogue::Given;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "view-loses-column",
    level: Deny,
    ways: Up,
    about: "a view is made anew without one of its columns",
    why: "Programs, reports and other views that read the column fail from this moment on.",
    instead: "Keep the column until nothing reads it. If it is to go, release a version that does not read it first, \
          and say so above: `-- schema:allow(view-loses-column) nothing reads it since 1.4`.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email, age FROM users;",
            "DROP VIEW names; CREATE VIEW names AS SELECT id, email FROM users;",
            Claim::Breaks("SELECT age FROM names"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email, age FROM users;",
            "DROP VIEW names; CREATE VIEW names AS SELECT age, id, lower(email) AS email FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateView(create) = site.act else { return };
    let known = site.script.start.view(&create.name).filter(|known| !site.is_fresh(known.born));
    let (Some(known), Some(new)) = (known, site.catalogue.outputs(create)) else { return };
    let names: Option<Vec<&String>> = new.iter().map(|given| given.name.as_ref()).collect();
    let (Some(old), Some(names)) = (&known.outputs, names) else { return };
    let lost = |given: &&Given| given.name.as_ref().is_some_and(|name| !names.contains(&name));
    if let Some(name) = old.iter().find(lost).and_then(|given| given.name.as_ref()) {
        hits.push(
            Hit::new(site.span, format!("whoever reads `{}.{name}` fails from then on", create.name))
                .help("keep the column until nothing reads it"),
        );
    }
}
