//! `missing-promise`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "missing-promise",
    level: Allow,
    ways: Up,
    about: "ALTER TABLE does not say what it may do to programs",
    why: "Without ALGORITHM and LOCK the server falls back to a copy of the table without a word, \
          where another version, format or index makes that necessary.",
    instead: "Say the strictest that works; where it does not, nothing happens:\n\
          \n    \
          ALTER TABLE users ADD COLUMN city varchar(50), ALGORITHM=INSTANT;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users ADD COLUMN city varchar(50);", Claim::Runs),
        quiet(users!(), "ALTER TABLE users ADD COLUMN city varchar(50), ALGORITHM=INSTANT;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site).filter(|alter| site.is_old(&alter.table)) else { return };
    if !alter.options.iter().any(|option| option.starts_with("algorithm=") || option.starts_with("lock=")) {
        hits.push(
            Hit::new(site.span, format!("nothing keeps the server from copying all of `{}`", alter.table))
                .help("say `ALGORITHM=INSTANT`, or `ALGORITHM=INPLACE, LOCK=NONE`; where that cannot be, it is refused"),
        );
    }
}
