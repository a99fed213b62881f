//! `rebuild-loses-constraint`.

use crate::check::catalogue::{Check, Key};
use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::{self, Rebuild};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-constraint",
    level: Warn,
    ways: Up,
    about: "a table is made anew without one of its checks or keys",
    why: "What the old table refused, the new one takes: rows that break a rule which programs rely on.",
    instead: "Repeat every constraint in the new table. If one is to go, say so above the DROP:\n\
          \n    \
          -- schema:allow(rebuild-loses-constraint) ages may be unknown from now on\n    \
          DROP TABLE users;",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0)); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Spoils("SELECT sql LIKE '%CHECK%' FROM sqlite_master WHERE name = 't'"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users AS SELECT * FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Spoils("SELECT sql LIKE '%PRIMARY KEY%' FROM sqlite_master WHERE name = 'users'"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0)); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER, CHECK (n > 1 OR n = 1)); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for lost in lost(&rebuild) {
        hits.push(
            Hit::new(site.span, format!("{lost} of `{}` goes with the old table, and the new one has none", rebuild.key))
                .help("repeat it in the new table; if it is to go, say so above: `-- schema:allow(rebuild-loses-constraint) why`"),
        );
    }
}

fn lost(rebuild: &Rebuild<'_>) -> Vec<String> {
    let has_key = rebuild.old.primary_key.is_none() || rebuild.new.primary_key.is_some();
    let primary = (!has_key).then(|| "the primary key".to_owned());
    primary.into_iter().chain(checks(rebuild)).chain(keys(rebuild)).chain(uniques(rebuild)).collect()
}

/// A check is kept where it is said again, or where another one is about the same columns.
fn checks(rebuild: &Rebuild<'_>) -> Vec<String> {
    let (old, new) = (&rebuild.old.checks, &rebuild.new.checks);
    let is_said = |check: &Check| new.iter().any(|it| it.expr.text.contains(&check.expr.text));
    let is_new = |check: &Check| !old.iter().any(|it| it.expr.text == check.expr.text);
    let is_replaced = |check: &Check| {
        let is_about = |it: &Check| check.expr.columns.iter().all(|own| it.expr.columns.contains(own));
        new.iter().filter(|it| is_new(it)).any(is_about)
    };
    old.iter()
        .filter(|check| rebuild.new.is_vague || rebuild.keeps(&check.expr.columns))
        .filter(|check| !is_said(check) && !is_replaced(check))
        .map(|check| format!("`CHECK ({})`", check.expr.text))
        .collect()
}

fn keys(rebuild: &Rebuild<'_>) -> Vec<String> {
    let kept = rebuild.old.foreign_keys.iter().filter(|key| rebuild.new.is_vague || rebuild.keeps(&key.columns));
    let lost = |key: &Key| {
        let mut same = rebuild.new.foreign_keys.iter().filter(|it| it.columns == key.columns).peekable();
        if same.peek().is_none() {
            return Some(format!("the key ({}) to `{}`", key.columns.join(", "), key.table));
        }
        let action = key.on_delete.as_ref().filter(|_| same.all(|it| it.on_delete.is_none()))?;
        Some(format!("`ON DELETE {}` of ({})", action.to_uppercase(), key.columns.join(", ")))
    };
    kept.filter_map(lost).collect()
}

fn uniques(rebuild: &Rebuild<'_>) -> Vec<String> {
    let (old, new) = (rebuild.old, &rebuild.new);
    let mut lost = Vec::new();
    for index in old.indexes.iter().filter(|index| index.is_constraint) {
        let columns: Vec<String> = index.columns.iter().flatten().cloned().collect();
        let is_primary = old.primary_key.as_ref() == Some(&columns);
        let is_kept = new.indexes.iter().any(|it| it.is_unique && it.columns == index.columns);
        if !is_primary && !is_kept && (new.is_vague || rebuild.keeps(&columns)) {
            lost.push(format!("`UNIQUE ({})`", columns.join(", ")));
        }
    }
    lost
}
