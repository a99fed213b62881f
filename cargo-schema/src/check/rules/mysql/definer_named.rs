//! `definer-named`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "definer-named",
    level: Allow,
    ways: Up,
    about: "a view, trigger, routine or event runs as an account that is named",
    why: "Where that account is missing, it cannot be used (error 1449); where it is root, whoever \
          calls it can do what root can.",
    instead: "Leave DEFINER out, and say SQL SECURITY INVOKER where that is possible:\n\
          \n    \
          CREATE SQL SECURITY INVOKER VIEW names AS SELECT email FROM users;",
    find,
    examples: &[
        fires(users!(), "CREATE DEFINER=`root`@`localhost` VIEW names AS SELECT email FROM users;", Claim::Runs),
        quiet(users!(), "CREATE SQL SECURITY INVOKER VIEW names AS SELECT email FROM users;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Definer(account) = site.act else { return };
    hits.push(
        Hit::new(site.span, format!("it runs as `{account}`, who may be missing elsewhere, or too mighty"))
            .help("leave DEFINER out; say `SQL SECURITY INVOKER` where that is possible"),
    );
}
