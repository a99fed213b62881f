//! `rename-type`.

use crate::check::rules::prelude::*;
use crate::check::sql::act::Rename;

pub(super) static RULE: Rule = Rule {
    id: "rename-type",
    level: Warn,
    ways: Up,
    about: "a type gets another name while programs use the old one",
    why: "Programs that cast to the type, or look it up by name as Diesel does for enums, fail from this \
          moment on.",
    instead: "Keep the name, or make a new type and change to it in steps.",
    find,
    examples: &[
        fires(
            "CREATE TYPE mood AS ENUM ('sad', 'ok');",
            "ALTER TYPE mood RENAME TO feeling;",
            Claim::Breaks("SELECT 'sad'::mood"),
        ),
        quiet("", "CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood RENAME TO feeling;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Rename(rename) = site.act else { return };
    if !matches!(
        rename.object,
        Object::Type | Object::Domain | Object::Function | Object::View | Object::Sequence
    ) {
        return;
    }
    let name = &rename.from.name;
    if is_unnamed(site, rename) {
        return;
    }
    let born = site
        .catalogue
        .enum_type(name)
        .map(|known| known.born)
        .or_else(|| site.catalogue.domain(name).map(|known| known.born))
        .or_else(|| site.catalogue.view(&rename.from).map(|known| known.born));
    if born.is_some_and(|born| site.is_fresh(born)) || is_replaced(site, &rename.from) {
        return;
    }
    hits.push(
        Hit::new(
            &site.clause(&rename.from, "rename"),
            format!(
                "programs that name the {} `{}` fail when it is called `{}`",
                rename.object.word(),
                rename.from,
                rename.to
            ),
        )
        .help("keep the name, or make a new one and change to it in steps"),
    );
}

/// The sequence of a serial or identity column, which its default follows and nobody names; and the function of a trigger.
fn is_unnamed(site: &Site<'_>, rename: &Rename) -> bool {
    match rename.object {
        Object::Sequence => {
            rename.from.name.ends_with("_seq")
                && !site.catalogue.is_empty()
                && site.catalogue.other_born(Object::Sequence, &rename.from, None).is_none()
        }
        Object::Function => site.catalogue.is_of_triggers(&rename.from.name),
        _ => false,
    }
}

/// Another one takes the old name at once.
fn is_replaced(site: &Site<'_>, name: &Name) -> bool {
    site.after().iter().any(|placed| match &placed.act {
        Act::CreateEnum(create) => create.name.name == name.name,
        Act::CreateView(create) => create.name.name == name.name,
        Act::CreateFunction(create) => create.name.name == name.name,
        Act::Rename(other) => other.to == name.name,
        _ => false,
    })
}
