//! The rebuild of a table that SQLite cannot change in place: a new one under another name, the rows copied, the old
//! one dropped, the new one renamed. One per table, whatever the number of changes, and nothing is lost: indexes,
//! triggers, views and triggers elsewhere that mention the table, the next number of an AUTOINCREMENT, rowids.
//!
//! The old table is never renamed: that would rewrite everything that mentions it. Foreign keys must be off before the
//! transaction begins, or dropping the old table deletes the rows that point to it.

use schema_build::schema::{Action, ForeignKey};

use super::copy::{Filled, filled, guards};
use super::emit::{Change, Stage};
use super::introspect::{Catalogue, Trigger, table_of};
use super::name::{is_same, mentions, quoted, string};
use super::{source::TableSource, words};
use crate::dialect::script::{Group, Script};

/// All rebuilds of a stage. What mentions one of the tables steps aside once for all of them.
pub(super) fn script(stage: &Stage<'_>, changes: &[&Change<'_>]) -> Script {
    let mut script = Script::default();
    if changes.is_empty() {
        return script;
    }
    script.needs_foreign_keys_off = true;
    let names: Vec<&str> = changes.iter().map(|change| change.name.as_str()).collect();
    let aside = Aside::of(stage.before, &names);
    guard_of_children(stage, &names).into_iter().for_each(|group| script.push(group));
    script.push(aside.drops());
    for change in changes {
        rebuild(stage, change, &aside).into_iter().for_each(|group| script.push(group));
    }
    let after = stage.like.unwrap_or(stage.before);
    script.push(aside.creates(stage, after));
    script
}

/// Views and triggers elsewhere that mention a table. SQLite refuses to rename a table while any of them cannot be
/// resolved.
struct Aside {
    views: Vec<String>,
    triggers: Vec<String>,
}

impl Aside {
    fn of(catalogue: &Catalogue, tables: &[&str]) -> Self {
        let mut names: Vec<String> = tables.iter().map(|&name| name.to_owned()).collect();
        let mut views: Vec<String> = Vec::new();
        // A view on a view on the table is in the way as well.
        loop {
            let next = catalogue
                .views
                .iter()
                .find(|(view, sql)| !views.contains(view) && names.iter().any(|name| mentions(sql, name)));
            let Some((view, _)) = next else { break };
            views.push(view.clone());
            names.push(view.clone());
        }
        let is_in_the_way = |trigger: &&Trigger| {
            names.iter().any(|name| !is_same(name, &trigger.table) && mentions(&trigger.sql, name))
        };
        let triggers =
            catalogue.triggers.iter().filter(is_in_the_way).map(|trigger| trigger.name.clone()).collect();
        Self { views, triggers }
    }

    fn drops(&self) -> Group {
        let triggers = self.triggers.iter().map(|name| format!("DROP TRIGGER {}", quoted(name)));
        let views = self.views.iter().rev().map(|name| format!("DROP VIEW {}", quoted(name)));
        let group = Group::of(triggers.chain(views).collect());
        if group.statements.is_empty() {
            return group;
        }
        group.comment("Mentions a table that is rebuilt; comes back below.")
    }

    fn creates(&self, stage: &Stage<'_>, catalogue: &Catalogue) -> Group {
        let views = self.views.iter().filter_map(|name| catalogue.views.get(name)).cloned();
        let triggers = catalogue
            .triggers
            .iter()
            .filter(|trigger| self.triggers.contains(&trigger.name) && !stage.drops(&trigger.table));
        Group::of(views.chain(triggers.map(|trigger| trigger.sql.clone())).collect())
    }
}

fn rebuild(stage: &Stage<'_>, change: &Change<'_>, aside: &Aside) -> Vec<Group> {
    let (name, before, after) = (&change.name, &change.before.source, &change.after);
    let temporary = free_name(stage.before, &format!("__new_{name}"));
    let mut groups: Vec<Group> = guards_of(stage, change);
    let mut copy = Group { comments: words::reasons(change), statements: Vec::new() };
    copy.statements.push(new_table(&after.source, name, &temporary));
    copy.statements.extend(copied(
        name,
        &temporary,
        &filled(before, after, &change.operations, change.is_way_back),
    ));
    if before.is_autoincrement() && after.source.is_autoincrement() {
        copy.statements.extend(sequence(name, &temporary));
    }
    copy.statements.push(format!("DROP TABLE {}", quoted(name)));
    copy.statements.push(format!("ALTER TABLE {} RENAME TO {}", quoted(&temporary), quoted(name)));
    groups.push(copy);
    let mut back: Vec<String> = after.indexes.iter().map(|index| index.sql.clone()).collect();
    let triggers = stage.like.unwrap_or(stage.before).triggers_of(name);
    let own = triggers.filter(|trigger| !aside.triggers.contains(&trigger.name));
    back.extend(own.map(|trigger| trigger.sql.clone()));
    groups.push(Group::of(back));
    groups
}

/// The statement of the new table. A check may name its table, which for now has another name; the final rename puts
/// the right one there.
fn new_table(source: &TableSource, name: &str, temporary: &str) -> String {
    let mut source = source.clone();
    let qualifies = |sql: &str| super::name::qualified(sql, name, temporary);
    for column in &mut source.columns {
        column.verbatim = column.verbatim.take().map(|text| qualifies(&text));
        column.clauses.iter_mut().for_each(|clause| clause.text = qualifies(&clause.text));
    }
    source.constraints.iter_mut().for_each(|clause| clause.text = qualifies(&clause.text));
    source.sql(temporary)
}

fn copied(name: &str, temporary: &str, filled: &[Filled]) -> Option<String> {
    let list = |pick: fn(&Filled) -> &String| filled.iter().map(pick).cloned().collect::<Vec<_>>().join(", ");
    let (columns, values) = (list(|filled| &filled.column), list(|filled| &filled.value));
    let into = quoted(temporary);
    (!filled.is_empty())
        .then(|| format!("INSERT INTO {into} ({columns})\nSELECT {values}\nFROM {}", quoted(name)))
}

/// An AUTOINCREMENT never gives a number twice, not even that of a row which is gone.
fn sequence(name: &str, temporary: &str) -> [String; 2] {
    let (old, new) = (string(name), string(temporary));
    [
        format!("DELETE FROM sqlite_sequence WHERE name = {new}"),
        format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        ),
    ]
}

fn guards_of(stage: &Stage<'_>, change: &Change<'_>) -> Vec<Group> {
    let from = quoted(&change.name);
    guards(&change.name, &change.operations)
        .into_iter()
        .map(|guard| {
            let found = format!("FROM {from} WHERE {} LIMIT 1", guard.condition);
            stop(stage.before, &guard.reason, &found)
                .comment(format!("Stops here where {}, lest it be lost.", guard.reason))
        })
        .collect()
}

/// Statements that fail where something is found, and then say why. SQLite raises errors in triggers alone, or where
/// a CHECK fails, and then shows the check's name.
fn stop(catalogue: &Catalogue, reason: &str, found: &str) -> Group {
    let table = free_name(catalogue, "__guard");
    let reason = reason.replace('"', "\"\"");
    Group::of(vec![
        format!("CREATE TABLE {table} (is_sound CONSTRAINT \"{reason}\" CHECK (is_sound))"),
        format!("INSERT INTO {table} SELECT 0 {found}"),
        format!("DROP TABLE {table}"),
    ])
}

/// A tool that does not know our metadata would run this with foreign keys on, and dropping the old table would then
/// delete or change the rows that point to it, without a word.
fn guard_of_children(stage: &Stage<'_>, tables: &[&str]) -> Option<Group> {
    let is_dangerous = |key: &ForeignKey| {
        !matches!(key.on_delete, Action::NoAction | Action::Restrict)
            && tables.iter().any(|table| is_same(table, &key.table))
    };
    let has_children = |catalogue: &Catalogue| {
        catalogue.tables.values().any(|entry| table_of(entry).foreign_keys.iter().any(is_dangerous))
    };
    let found = "FROM pragma_foreign_keys WHERE foreign_keys";
    (has_children(stage.before) || stage.like.is_some_and(has_children)).then(|| {
        stop(stage.before, "foreign keys must be off", found)
            .comment("Dropping a table deletes rows that point to it, unless foreign keys are off (see metadata.toml).")
    })
}

fn free_name(catalogue: &Catalogue, wanted: &str) -> String {
    let is_taken = |name: &str| {
        catalogue.table(name).is_some()
            || catalogue.views.keys().any(|view| is_same(view, name))
            || catalogue
                .tables
                .values()
                .flat_map(|entry| &entry.indexes)
                .any(|index| is_same(&index.name, name))
    };
    let mut name = wanted.to_owned();
    while is_taken(&name) {
        name.push('_');
    }
    name
}
