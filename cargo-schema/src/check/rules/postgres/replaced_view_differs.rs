//! `replaced-view-differs`.

use crate::check::catalogue::Given;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replaced-view-differs",
    level: Deny,
    ways: Both,
    about: "a view is replaced by one with other columns",
    why: "CREATE OR REPLACE VIEW takes more columns behind those that are there, and nothing else: it fails where \
          one is left out, has another name, place or type. A way back that leaves out what the way up added fails \
          for that reason.",
    instead: "Drop the view first, and make it again in the same revision:\n\
          \n    \
          DROP VIEW names;\n    \
          CREATE VIEW names AS SELECT id FROM users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), age int); CREATE VIEW names AS SELECT id, email FROM users;",
            "CREATE OR REPLACE VIEW names AS SELECT id FROM users;",
            Claim::Fails("42P16"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), age int); CREATE VIEW names AS SELECT id, email FROM users;",
            "CREATE OR REPLACE VIEW names AS SELECT u.id, u.age, u.email FROM users u;",
            Claim::Fails("42P16"),
        ),
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), age int); CREATE VIEW names AS SELECT id, email FROM users;",
            "CREATE OR REPLACE VIEW names AS SELECT id, email::text FROM users;",
            Claim::Fails("42P16"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), age int); CREATE VIEW names AS SELECT id, email FROM users;",
            "CREATE OR REPLACE VIEW names (id, email) AS SELECT u.id AS number, u.email, lower(u.email), age FROM users u WHERE age > 1;",
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), age int); CREATE VIEW names AS SELECT id, email FROM users;",
            "DROP VIEW names; CREATE OR REPLACE VIEW names AS SELECT email FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateView(create) = site.act else { return };
    if !create.or_replace || create.is_temporary || site.is_inner {
        return;
    }
    let known = site.catalogue.view(&create.name).filter(|known| site.catalogue.is_certain(known.born));
    let old = known.and_then(|known| known.outputs.as_ref());
    let (Some(old), Some(new)) = (old, site.catalogue.outputs(create)) else { return };
    if let Some(problem) = problem(old, &new) {
        hits.push(
            Hit::new(site.span, format!("PostgreSQL refuses to replace `{}`: {problem}", create.name))
                .help("drop the view first, and make it again in the same revision; only at the end can columns be added"),
        );
    }
}

fn problem(old: &[Given], new: &[Given]) -> Option<String> {
    let name = |given: &Given| given.name.as_ref().map_or("?".to_owned(), |name| format!("`{name}`"));
    let mut pairs = old.iter().zip(new);
    let renamed = pairs.clone().position(|(old, new)| is_other(old.name.as_ref(), new.name.as_ref()));
    if let Some(at) = renamed {
        let (old, new) = (name(&old[at]), name(&new[at]));
        return Some(format!("its column {} is {old}, and would be {new}", at + 1));
    }
    if let Some(lost) = old.get(new.len()) {
        return Some(format!("its column {} would be gone", name(lost)));
    }
    pairs.find_map(|(old, new)| {
        let (before, after) = (old.ty.as_ref()?, new.ty.as_ref()?);
        let is_retyped = before.name != after.name
            || before.dimensions != after.dimensions
            || (before.name == "character varying" && before.arguments != after.arguments);
        is_retyped.then(|| format!("its column {} is {}, and would be {}", name(old), before.text, after.text))
    })
}

fn is_other(old: Option<&String>, new: Option<&String>) -> bool {
    old.is_some() && new.is_some() && old != new
}
