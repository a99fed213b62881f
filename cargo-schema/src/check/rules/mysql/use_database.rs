//! `use-database`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "use-database",
    level: Warn,
    ways: Both,
    about: "the script goes to another database",
    why: "What follows is done there, whatever database the tool is connected to, and so is what the \
          session runs next.",
    instead: "Leave USE out: the database is the one of the URL. Name another one before its tables, if it \
          is meant",
    find,
    examples: &[
        fires(users!(), "USE information_schema;", Claim::Spoils("SELECT count(*) FROM users")),
        quiet(users!(), "SELECT 1 AS `use`;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Other(words) = site.act else { return };
    if words == "use" || words.starts_with("use ") {
        hits.push(
            Hit::new(site.span, "what follows is done in another database than the one that was asked for")
                .help("leave it out: the database is the one of the URL"),
        );
    }
}
