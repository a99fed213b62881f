//! `display-width`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "display-width",
    level: Allow,
    ways: Up,
    about: "an integer has a width",
    why: "The number in INT(11) says nothing of how much it holds; MySQL 8 warns of it, and no longer \
          shows it.",
    instead: "Leave it out:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY);",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint(20) PRIMARY KEY);", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, is_read tinyint(1));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (_, column) in innodb::columns(site) {
        let Some(ty) = &column.ty else { continue };
        let is_wide = ty.name.ends_with("int") && !ty.arguments.is_empty() && ty.arguments != [1];
        if is_wide && !ty.modifiers.iter().any(|it| it == "zerofill") {
            hits.push(Hit::new(&column.span, format!("the width of `{}` means nothing", ty.text)).help("leave it out"));
        }
    }
}
