//! `extension-change`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "extension-change",
    level: Warn,
    ways: Up,
    about: "an extension is upgraded or goes",
    why: "An upgrade runs a script of somebody else's and may change how functions and indexes behave; with \
          the extension go all columns, indexes and functions that are made of it.",
    instead: "Try it on a copy with the same version, and say so.",
    find,
    examples: &[
        fires("CREATE EXTENSION IF NOT EXISTS plpgsql;", "ALTER EXTENSION plpgsql UPDATE;", Claim::Runs),
        quiet("", "CREATE EXTENSION IF NOT EXISTS plpgsql;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (what, name) = match site.act {
        Act::Alter(alter) if alter.object == Object::Extension => {
            ("changes how it behaves", Some(&alter.name))
        }
        Act::Drop(drop) if drop.object == Object::Extension => {
            ("takes what is made of it away", drop.names.first())
        }
        _ => return,
    };
    if let Some(name) = name {
        hits.push(
            Hit::new(site.span, format!("this {what}: the extension `{name}`"))
                .help("try it on a copy with the same version; then say so above: `-- schema:allow(extension-change) why`"),
        );
    }
}
