//! `name-too-long`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "name-too-long",
    level: Deny,
    ways: Up,
    about: "a name is longer than 64 characters",
    why: "MySQL and MariaDB refuse it (error 1059).",
    instead: "Choose a shorter name.",
    find,
    examples: &[
        fires(users!(), "CREATE INDEX users_by_the_years_that_have_passed_since_they_were_born_into_this_world ON users (age);", Claim::Fails("1059")),
        quiet(users!(), "CREATE INDEX users_by_the_years_that_have_passed_since_they_were_born_into_th ON users (age);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut names: Vec<&Name> = innodb::columns(site).into_iter().map(|(_, column)| &column.name).collect();
    names.extend(site.indexes().into_iter().filter_map(|(index, _)| index.name.as_ref()));
    names.extend(innodb::constraints(site).into_iter().filter_map(|(_, constraint)| constraint.name.as_ref()));
    match site.act {
        Act::CreateTable(create) => names.push(&create.table),
        Act::CreateView(create) => names.push(&create.name),
        Act::CreateTrigger(create) => names.push(&create.name),
        Act::CreateFunction(create) => names.push(&create.name),
        _ => {}
    }
    for name in names.into_iter().filter(|name| name.name.chars().count() > 64) {
        hits.push(
            Hit::new(&name.span, format!("`{}` has {} characters, and may have 64", name.name, name.name.chars().count()))
                .help("choose a shorter name"),
        );
    }
}
