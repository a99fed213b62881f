//! `reserved-name`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "reserved-name",
    level: Deny,
    ways: Up,
    about: "a name that SQLite keeps for itself",
    why: "Names that begin with sqlite_ are SQLite's own, and it refuses them.",
    instead: "Choose another name.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE sqlite_users (id INTEGER PRIMARY KEY);",
            Claim::Fails("reserved for internal use"),
        ),
        quiet(
            "",
            "CREATE TABLE sqlitely (id INTEGER PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let name = match site.act {
        Act::CreateTable(create) => Some(create.table.name.as_str()),
        Act::CreateView(create) => Some(create.name.name.as_str()),
        Act::CreateTrigger(create) => Some(create.name.name.as_str()),
        Act::CreateIndex(create) => create.name.as_ref().map(|name| name.name.as_str()),
        Act::Rename(rename) => Some(rename.to.as_str()),
        _ => None,
    };
    if let Some(name) = name.filter(|name| name.starts_with("sqlite_")) {
        hits.push(Hit::new(site.span, format!("SQLite refuses `{name}`: it keeps such names for itself")).help("choose another name"));
    }
}
