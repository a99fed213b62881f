//! `engine-rebuild`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "engine-rebuild",
    level: Warn,
    ways: Up,
    about: "a table is written anew by naming its engine, or by FORCE",
    why: "`ENGINE=InnoDB` on a table that is InnoDB already, and `FORCE`, write the whole table anew.",
    instead: "Leave it out; if space should be given back, say that programs must be able to go on:\n\
          \n    \
          ALTER TABLE users ENGINE=InnoDB, LOCK=NONE;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ENGINE=InnoDB;", Claim::Rewrites("users")),
        fires(users!(), "ALTER TABLE users FORCE;", Claim::Rewrites("users")),
        quiet(users!(), "ALTER TABLE users COMMENT = 'ENGINE=InnoDB';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::SetEngine(engine) if innodb::is_transactional(engine) => {
            Some(format!("`{table}` gets the engine `{engine}`"))
        }
        ActionKind::Other(words) if words == "force" => Some(format!("`{table}` is forced into its form")),
        _ => None,
    });
}
