//! `global-setting`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "global-setting",
    level: Warn,
    ways: Both,
    about: "a setting of the whole server is changed",
    why: "SET GLOBAL and SET PERSIST change what every other program on the server gets, need rights \
          that migrations should not have, and are not replicated; SET GLOBAL is forgotten at a \
          restart.",
    instead: "Set it for the session, or in the configuration of the server:\n\
          \n    \
          SET SESSION max_error_count = 64;",
    find,
    examples: &[
        fires(users!(), "SET GLOBAL max_error_count = @@GLOBAL.max_error_count;", Claim::Runs),
        quiet(users!(), "SET SESSION max_error_count = 64;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    if let Some(("global" | "persist" | "persist_only", name)) = set.name.split_once(' ') {
        hits.push(
            Hit::new(site.span, format!("`{name}` changes for everybody on the server"))
                .help("set it for the session, or in the configuration of the server"),
        );
    }
}
