//! `drop-routine`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-routine",
    level: Warn,
    ways: Up,
    about: "a procedure, function, event or sequence goes that programs may use",
    why: "Whoever calls it fails from then on; what an event did is not done any more, and nothing \
          says so.",
    instead: "Drop it in a release after the one that stopped using it; to change it, make the new one in \
          the same revision.",
    find,
    examples: &[
        fires("CREATE PROCEDURE total() SELECT 1;", "DROP PROCEDURE total;", Claim::Breaks("CALL total()")),
        fires("CREATE SEQUENCE numbers;", "DROP SEQUENCE numbers;", Claim::Breaks("SELECT NEXTVAL(numbers)")),
        quiet("CREATE PROCEDURE total() SELECT 1;", "DROP PROCEDURE IF EXISTS total; CREATE PROCEDURE total() SELECT 2;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if !matches!(drop.object, Object::Function | Object::Event | Object::Sequence) {
        return;
    }
    for name in drop.names.iter().filter(|name| !returns(site, name) && !is_missing(site, drop.if_exists, name)) {
        hits.push(
            Hit::new(site.span, format!("whoever uses the {} `{name}` fails from then on", drop.object.word()))
                .help("drop it in a release after the one that stopped using it"),
        );
    }
}

/// It is made again in the same script.
fn returns(site: &Site<'_>, name: &Name) -> bool {
    site.after().iter().any(|placed| match &placed.act {
        Act::CreateFunction(create) => create.name.name.eq_ignore_ascii_case(&name.name),
        Act::Create(create) => create.name.name.eq_ignore_ascii_case(&name.name),
        _ => false,
    })
}

/// IF EXISTS of what the history never made, as scripts say it that can run again.
fn is_missing(site: &Site<'_>, if_exists: bool, name: &Name) -> bool {
    let holds = |object| site.script.start.holds(object, name);
    if_exists && !holds(Object::Function) && !holds(Object::Event) && !holds(Object::Sequence)
}
