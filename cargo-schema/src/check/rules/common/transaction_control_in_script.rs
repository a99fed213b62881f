//! `transaction-control-in-script`.

use crate::check::rules::prelude::*;
use schema_runtime::dialect::Dialect;

pub(super) static RULE: Rule = Rule {
    id: "transaction-control-in-script",
    level: Deny,
    ways: Both,
    about: "a script ends the transaction that it runs in",
    why: "The runner wraps the script in a transaction, so that it happens as a whole or not at all, together \
          with the row that remembers it. COMMIT or ROLLBACK inside ends that transaction in the middle; BEGIN \
          inside it does nothing.",
    instead: "Remove it: a script runs in a transaction anyway. To commit in between, write `run_in_transaction = \
          false` into `metadata.toml`.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE a (id bigint PRIMARY KEY);\nCOMMIT;\nCREATE TABLE b (id bigint PRIMARY KEY);",
            Claim::Runs,
        ),
        quiet("", "CREATE TABLE a (id bigint PRIMARY KEY);"),
        quiet("", "BEGIN;\nCREATE TABLE a (id bigint PRIMARY KEY);\nCOMMIT;").outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    use crate::check::sql::act::Transaction::{Begin, Commit, Rollback};
    let Act::Transaction(verb @ (Begin | Commit | Rollback)) = site.act else { return };
    // On SQLite the build finds it already, as `transaction-control`.
    if !site.script.is_transactional || site.script.dialect == Dialect::Sqlite {
        return;
    }
    let does = match verb {
        Begin => "begins a transaction inside the one that the script runs in",
        _ => "ends the transaction that the script runs in",
    };
    hits.push(
        Hit::new(site.span, format!("`{}` {does}", site.statement()))
            .help("remove it; or write `run_in_transaction = false` into `metadata.toml`"),
    );
}
