//! `needs-recent-sqlite`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "needs-recent-sqlite",
    level: Allow,
    ways: Up,
    about: "a statement that old versions of SQLite do not know",
    why: "STRICT tables need 3.37, DROP COLUMN and RETURNING 3.35, the operators -> and ->> 3.38. Where a \
          program links the SQLite of an old system, the statement is a syntax error.",
    instead: "Link the bundled SQLite, or leave the feature out.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT;",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let text = site.statement();
    let has = |word: &str| text.to_lowercase().split(|it: char| !it.is_alphanumeric() && it != '-' && it != '>').any(|it| it == word);
    let version = match site.act {
        Act::CreateTable(create) if create.options.iter().any(|option| option == "strict") => Some("3.37"),
        Act::AlterTable(alter) if alter.actions.iter().any(|it| matches!(it.kind, ActionKind::DropColumn { .. })) => Some("3.35"),
        Act::Insert(_) | Act::Update(_) | Act::Delete(_) if has("returning") => Some("3.35"),
        _ if has("->") || has("->>") => Some("3.38"),
        _ => None,
    };
    if let Some(version) = version {
        hits.push(
            Hit::new(site.span, format!("SQLite before {version} calls this a syntax error"))
                .help("link the bundled SQLite wherever the history runs, or leave it out"),
        );
    }
}
