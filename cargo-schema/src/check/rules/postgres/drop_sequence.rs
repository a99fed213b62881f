//! `drop-sequence`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-sequence",
    level: Warn,
    ways: Up,
    about: "a sequence goes, with the number it had reached",
    why: "Programs that ask it for numbers fail; a new one begins at 1 again.",
    instead: "Drop it in a release after the one that stopped asking it.",
    find,
    examples: &[
        fires("CREATE SEQUENCE s;", "DROP SEQUENCE s;", Claim::Breaks("SELECT nextval('s')")),
        quiet("", "CREATE SEQUENCE s; DROP SEQUENCE s;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    let is_new = |name: &Name| {
        site.before().iter().any(|placed| {
            matches!(&placed.act, Act::Create(create) if create.object == Object::Sequence && create.name == *name)
        })
    };
    for name in drop
        .names
        .iter()
        .filter(|name| drop.object == Object::Sequence && !is_new(name) && !site.is_missing(drop, name))
    {
        hits.push(
            Hit::new(site.span, format!("whoever asks `{name}` for a number fails from then on, and the number it had reached is lost"))
                .help("drop it in a release after the one that stopped asking it"),
        );
    }
}
