//! `drop-type`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-type",
    level: Warn,
    ways: Up,
    about: "a type goes that programs may name",
    why: "Programs that cast to it, or look it up as Diesel does for enums, fail from this moment on. \
          Replacing an enum by one with fewer values fails at the first row that has one of those.",
    instead: "Drop it in a release after the one that stopped naming it.",
    find,
    examples: &[
        fires(
            "CREATE TYPE mood AS ENUM ('sad', 'ok');",
            "DROP TYPE mood;",
            Claim::Breaks("SELECT 'sad'::mood"),
        ),
        quiet("", "CREATE TYPE mood AS ENUM ('sad', 'ok'); DROP TYPE mood;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if !matches!(drop.object, Object::Type | Object::Domain) {
        return;
    }
    for name in &drop.names {
        let born = site.catalogue.enum_type(&name.name).map(|it| it.born);
        let born = born.or_else(|| site.catalogue.domain(&name.name).map(|it| it.born));
        if born.is_some_and(|born| site.is_fresh(born))
            || is_set_aside(site, name)
            || site.is_missing(drop, name)
        {
            continue;
        }
        hits.push(
            Hit::new(site.span, format!("whoever names the type `{name}` fails from then on"))
                .help("drop it in a release after the one that stopped naming it"),
        );
    }
}

/// It was given this name a moment ago, and nobody knows it.
fn is_set_aside(site: &Site<'_>, name: &Name) -> bool {
    site.before().iter().any(|placed| matches!(&placed.act, Act::Rename(rename) if rename.to == name.name))
}
