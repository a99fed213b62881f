//! `implicit-commit`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "implicit-commit",
    level: Warn,
    ways: Up,
    about: "a statement ends the transaction that the script has begun",
    why: "CREATE, ALTER, DROP, RENAME, TRUNCATE, LOCK TABLES and the like commit what is open before \
          they run: ROLLBACK takes nothing back that stands before them.",
    instead: "Change rows and schema in revisions of their own.",
    find,
    examples: &[
        fires(users!(), "START TRANSACTION; UPDATE users SET age = 3 WHERE id = 1; ALTER TABLE users ADD COLUMN city varchar(50); ROLLBACK;", Claim::Spoils("SELECT count(*) = 0 FROM users WHERE age = 3")).outside(),
        quiet(users!(), "START TRANSACTION; UPDATE users SET age = 3 WHERE id = 1; COMMIT; ALTER TABLE users ADD COLUMN city varchar(50);").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let commits = match site.act {
        Act::CreateTable(create) => !create.is_temporary,
        Act::AlterTable(_) | Act::CreateIndex(_) | Act::Drop(_) | Act::Rename(_) | Act::Truncate(_) | Act::Lock(_) => true,
        Act::CreateView(_) | Act::CreateTrigger(_) | Act::CreateFunction(_) | Act::Create(_) | Act::Privilege(_) => true,
        _ => false,
    };
    if commits && has_begun(site) {
        hits.push(
            Hit::new(site.span, "this commits the transaction that the script has begun")
                .note("no ROLLBACK takes back what was changed before it")
                .help("change rows and schema in revisions of their own"),
        );
    }
}

/// The script has begun a transaction itself, and not ended it yet.
fn has_begun(site: &Site<'_>) -> bool {
    use crate::check::sql::act::Transaction::{Begin, Commit, Rollback};
    let last = site.before().iter().rev().find_map(|placed| match placed.act {
        Act::Transaction(verb @ (Begin | Commit | Rollback)) => Some(verb == Begin),
        _ => None,
    });
    last == Some(true)
}
