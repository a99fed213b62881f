//! `unplaced-enum-value`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unplaced-enum-value",
    level: Allow,
    ways: Up,
    about: "a new value of an enum sorts last",
    why: "ORDER BY and comparisons follow the order of the values, which cannot be changed later.",
    instead: "Say where it belongs:\n\
          \n    \
          ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';",
    find,
    examples: &[
        fires("CREATE TYPE mood AS ENUM ('sad', 'ok');", "ALTER TYPE mood ADD VALUE 'happy';", Claim::Runs),
        quiet("CREATE TYPE mood AS ENUM ('sad', 'ok');", "ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::AddEnumValue(add) = site.act else { return };
    if !add.is_placed {
        hits.push(
            Hit::new(site.span, format!("`{}` sorts after all other values of `{}`", add.value, add.name))
                .help("say BEFORE or AFTER which value"),
        );
    }
}
