//! `mode-not-strict`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "mode-not-strict",
    level: Warn,
    ways: Up,
    about: "values change while the mode of the session is not strict",
    why: "Without STRICT_TRANS_TABLES in sql_mode, NULL becomes 0 or an empty string, text is cut, and \
          numbers are bent to what fits, with a warning that nobody reads.",
    instead: "Leave sql_mode alone, or keep STRICT_TRANS_TABLES in it:\n\
          \n    \
          SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES');",
    find,
    examples: &[
        fires(users!("INSERT INTO users (email) VALUES (NULL);"), "SET sql_mode = ''; -- schema:allow(column-becomes-required) shown here\nALTER TABLE users MODIFY email varchar(100) NOT NULL;", Claim::Spoils("SELECT count(*) = 0 FROM users WHERE email = ''")),
        quiet(users!(), "SET sql_mode = 'STRICT_ALL_TABLES'; UPDATE users SET age = 3 WHERE id = 1;"),
        quiet(users!(), "SET sql_mode = ''; CREATE TABLE notes (id bigint PRIMARY KEY);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    let value = set.value.as_deref().unwrap_or_default();
    let is_kept = value.contains("strict") || value.contains('@') || value.contains("traditional") || value == "default";
    if set.name != "sql_mode" || is_kept {
        return;
    }
    let is_made = |table: &Name| {
        site.after().iter().any(|placed| matches!(&placed.act, Act::CreateTable(create) if create.table.name == table.name))
    };
    let changes = |act: &Act| match act {
        Act::AlterTable(alter) => site.is_old(&alter.table) && alter.actions.iter().any(|it| matches!(it.kind, ActionKind::RedefineColumn { .. } | ActionKind::ConvertCharset { .. })),
        Act::Update(change) => site.is_old(&change.table),
        Act::Insert(insert) => site.is_old(&insert.table) && !is_made(&insert.table),
        _ => false,
    };
    if site.after().iter().any(|placed| changes(&placed.act)) {
        hits.push(
            Hit::new(site.span, "values that do not fit are bent or cut without an error from here on")
                .sql("keep the mode strict:", "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES');"),
        );
    }
}
