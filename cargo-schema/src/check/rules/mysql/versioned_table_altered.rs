//! `versioned-table-altered`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "versioned-table-altered",
    level: Deny,
    ways: Up,
    about: "a table that keeps its history is altered, which MariaDB refuses",
    why: "A change of the columns would be one of the history as well, so it fails with error 4119 \
          unless the session says that the history is to be changed.",
    instead: "Say so in the script:\n\
          \n    \
          SET SESSION system_versioning_alter_history = KEEP;",
    find,
    examples: &[
        fires("CREATE TABLE notes (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING; INSERT INTO notes VALUES (1, 1);", "ALTER TABLE notes ADD COLUMN m int;", Claim::Fails("4119")),
        quiet("CREATE TABLE notes (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING; INSERT INTO notes VALUES (1, 1);", "SET SESSION system_versioning_alter_history = KEEP; ALTER TABLE notes ADD COLUMN m int;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(alter) = innodb::alter(site) else { return };
    let is_versioned = site.table(&alter.table).is_some_and(|table| table.options.iter().any(|it| it == "system versioning"));
    let is_kept = innodb::value(site, "system_versioning_alter_history") == Some("keep");
    let changes = |action: &&Action| {
        matches!(
            action.kind,
            ActionKind::AddColumn { .. } | ActionKind::DropColumn { .. } | ActionKind::RedefineColumn { .. } | ActionKind::RenameColumn { .. }
        )
    };
    if let Some(action) = alter.actions.iter().find(changes).filter(|_| is_versioned && !is_kept) {
        hits.push(
            Hit::new(&action.span, format!("`{}` keeps its history, and cannot be altered like this", alter.table))
                .sql("say before it that the history changes as well:", "SET SESSION system_versioning_alter_history = KEEP;"),
        );
    }
}
