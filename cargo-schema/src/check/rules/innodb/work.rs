//! What InnoDB has to do for a change of a table.

use super::conversion::{Conversion, conversion};
use super::text::{charset, is_text};
use crate::check::catalogue::{self, Table};
use crate::check::rule::{Hit, Site};
use crate::check::sql::Act;
use crate::check::sql::act::{Action, ActionKind, AlterTable, CreateIndex};
use crate::check::sql::part::{Column, Constraint, ConstraintKind, Name};

/// What has to be done, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check::rules) enum Work {
    /// The dictionary changes, and nothing else.
    Instant,
    /// An index is built, and programs go on.
    Index,
    /// The table is written anew, and programs go on.
    Rebuild,
    /// Nobody writes meanwhile.
    Locked,
    /// Nobody writes meanwhile, and every row is copied by the server.
    Copy,
}

/// What a change of a table needs; `None` where that depends on what the history does not tell.
pub(in crate::check::rules) fn needs(site: &Site<'_>, table: &Name, action: &Action) -> Option<Work> {
    let known = site.table(table);
    Some(match &action.kind {
        ActionKind::AddColumn { column, .. } => adding(known, column),
        ActionKind::RedefineColumn { column, definition } => {
            let known = known?;
            redefining(known, known.column(column)?, definition)
        }
        ActionKind::AddIndex(index) => indexing(index),
        ActionKind::AddConstraint(constraint) => constraining(site, constraint),
        ActionKind::DropColumn { .. } => dropping(known),
        ActionKind::DropPrimaryKey if gets_key(site) => Work::Rebuild,
        ActionKind::DropPrimaryKey => Work::Copy,
        ActionKind::ConvertCharset { charset, .. } => converting(known, charset),
        ActionKind::SetEngine(engine) if is_transactional(engine) => Work::Rebuild,
        ActionKind::SetEngine(_) => Work::Copy,
        ActionKind::SetTableOption { name, .. } if is_format(name) => Work::Rebuild,
        ActionKind::Other(words) => other(words),
        _ => Work::Instant,
    })
}

fn dropping(known: Option<&Table>) -> Work {
    if known.is_some_and(|it| is_rigid(it) || has_fulltext(it)) { Work::Copy } else { Work::Instant }
}

/// Text that is in the character set already gets another collation alone, which is free.
fn converting(known: Option<&Table>, to: &str) -> Work {
    let Some(table) = known.filter(|table| !table.is_vague) else { return Work::Copy };
    let is_there = |column: &catalogue::Column| {
        charset(table, column.charset.as_ref(), column.collation.as_ref()).as_deref() == Some(to)
    };
    let mut text = table.columns.iter().filter(|column| column.ty.as_ref().is_some_and(is_text));
    if text.all(is_there) { Work::Instant } else { Work::Copy }
}

fn other(words: &str) -> Work {
    const COPY: [&str; 4] = ["add system versioning", "order by", "partition by", "remove partitioning"];
    match words {
        "force" => Work::Rebuild,
        _ if COPY.iter().any(|begins| words.starts_with(begins)) => Work::Copy,
        _ => Work::Instant,
    }
}

/// Options that say how rows lie on the disk.
fn is_format(option: &str) -> bool {
    matches!(
        option,
        "row_format"
            | "key_block_size"
            | "page_compressed"
            | "page_compression_level"
            | "encrypted"
            | "encryption"
    )
}

/// Whether an engine has transactions, as far as is known.
pub(in crate::check::rules) fn is_transactional(engine: &str) -> bool {
    !matches!(
        engine,
        "myisam" | "aria" | "memory" | "heap" | "csv" | "archive" | "blackhole" | "merge" | "mrg_myisam"
    )
}

/// ALTER TABLE gives the table another primary key in the same breath.
fn gets_key(site: &Site<'_>) -> bool {
    let is_key = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
    site.changes().any(|(_, action)| match &action.kind {
        ActionKind::AddConstraint(constraint) => is_key(constraint),
        ActionKind::AddColumn { column, .. } => column.constraints.iter().any(is_key),
        _ => false,
    })
}

/// A table whose rows cannot keep several forms, so that no column is added or dropped at once.
fn is_rigid(table: &Table) -> bool {
    table.options.iter().any(|option| {
        matches!(option.as_str(), "row_format=compressed") || option.starts_with("key_block_size=")
    })
}

/// A table with an index that every new form of the table has to follow.
fn has_fulltext(table: &Table) -> bool {
    table.indexes.iter().any(|index| index.method.as_deref() == Some("fulltext"))
}

fn adding(known: Option<&Table>, column: &Column) -> Work {
    let beside = column.constraints.iter().map(|constraint| match constraint.kind {
        ConstraintKind::ForeignKey(_) => Work::Copy,
        ConstraintKind::Unique(_) | ConstraintKind::PrimaryKey(_) => Work::Rebuild,
        _ => Work::Instant,
    });
    beside.fold(adding_alone(known, column), Work::max)
}

/// What the column itself needs, without what stands beside it.
fn adding_alone(known: Option<&Table>, column: &Column) -> Work {
    let is_stored = column.generated.as_ref().is_some_and(|generated| generated.is_stored);
    let has_virtual = known.is_some_and(|table| table.columns.iter().any(|it| it.is_generated));
    if is_stored || is_computed(known, column) {
        Work::Copy
    } else if column.is_numbered || known.is_some_and(has_fulltext) {
        Work::Locked
    } else if column.is_placed && has_virtual {
        Work::Copy
    } else if known.is_some_and(is_rigid) {
        Work::Rebuild
    } else {
        Work::Instant
    }
}

/// A default that is another one for each row: it is made of columns, or of a call that gives something new each time.
pub(in crate::check::rules) fn is_computed(known: Option<&Table>, column: &Column) -> bool {
    const EACH: [&str; 5] = ["uuid", "sys_guid", "uuid_short", "random_bytes", "sysdate"];
    let is_column = |name: &String| known.is_some_and(|table| table.column(name).is_some());
    column.default.as_ref().is_some_and(|default| {
        default.calls.iter().any(|call| EACH.contains(&call.as_str()))
            || default.columns.iter().any(is_column)
    })
}

fn indexing(index: &CreateIndex) -> Work {
    match index.method.as_deref() {
        // A second one needs no rewrite, but nobody writes meanwhile either.
        Some("fulltext" | "spatial") => Work::Locked,
        _ => Work::Index,
    }
}

fn constraining(site: &Site<'_>, constraint: &Constraint) -> Work {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => Work::Rebuild,
        ConstraintKind::Unique(_) => Work::Index,
        ConstraintKind::ForeignKey(_) if !checks_keys(site) => Work::Instant,
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check(_) => Work::Copy,
        _ => Work::Instant,
    }
}

/// Whether rows are looked at when a foreign key is added: unless the script has turned that off.
pub(in crate::check::rules) fn checks_keys(site: &Site<'_>) -> bool {
    !matches!(value(site, "foreign_key_checks"), Some("0" | "off" | "false"))
}

/// What the script has set a variable of its session to last.
pub(in crate::check::rules) fn value<'a>(site: &Site<'a>, name: &str) -> Option<&'a str> {
    site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Set(set) if set.name == name => Some(set.value.as_deref().unwrap_or_default()),
        _ => None,
    })
}

fn redefining(table: &Table, known: &catalogue::Column, definition: &Column) -> Work {
    let is_stored = definition.generated.as_ref().is_some_and(|it| it.is_stored);
    let is_numbered_now = definition.is_numbered && !known.is_numbered;
    if is_stored || is_numbered_now || conversion(table, known, definition) != Conversion::Free {
        return Work::Copy;
    }
    match (stays_null(table, known, definition), has_fulltext(table)) {
        (true, _) => Work::Instant,
        (false, true) => Work::Locked,
        (false, false) => Work::Rebuild,
    }
}

/// Whether NULL is allowed afterwards if, and only if, it was before.
fn stays_null(table: &Table, known: &catalogue::Column, definition: &Column) -> bool {
    let is_key = table.primary_key.as_ref().is_some_and(|key| key.contains(&known.name));
    is_key || known.not_null == (definition.not_null || definition.is_numbered)
}

/// What an ALTER TABLE was told to keep to, in lower case: `algorithm=inplace` and `lock=none`. A server that cannot
/// refuses it, and nothing happens.
pub(in crate::check::rules) fn promises_online(options: &[String]) -> bool {
    options
        .iter()
        .any(|option| matches!(option.as_str(), "lock=none" | "algorithm=instant" | "algorithm=nocopy"))
}

/// The changes of tables in use that need at least this much work. What only rewrites a table while programs go on is
/// left alone where the statement says `LOCK=NONE`: its author knows.
pub(in crate::check::rules) fn changes<'a>(
    site: &Site<'a>,
    least: Work,
) -> Vec<(&'a Name, &'a Action, Work)> {
    let is_told = alter(site).is_some_and(|alter| promises_online(&alter.options));
    let work = |(table, action): (&'a Name, &'a Action)| Some((table, action, needs(site, table, action)?));
    let is_much =
        |(_, _, work): &(&Name, &Action, Work)| *work >= least && !(is_told && *work <= Work::Rebuild);
    site.changes_of_old()
        .filter(|(table, _)| !site.is_empty(table))
        .filter_map(work)
        .filter(is_much)
        .collect()
}

/// The ALTER TABLE that is looked at.
pub(in crate::check::rules) fn alter<'a>(site: &Site<'a>) -> Option<&'a AlterTable> {
    match site.act {
        Act::AlterTable(alter) => Some(alter),
        _ => None,
    }
}

/// How long programs wait, for a message.
pub(in crate::check::rules) fn waits(work: Work) -> &'static str {
    match work {
        Work::Copy => "every row is copied, and nobody can write meanwhile",
        Work::Locked => "nobody can write while it is done",
        _ => "the whole table is written anew, while programs go on",
    }
}

/// What a promise is broken by.
pub(in crate::check::rules) fn needed(work: Work) -> &'static str {
    match work {
        Work::Instant => "nothing is needed for it",
        Work::Index => "an index is built",
        _ => waits(work),
    }
}

/// Says of the changes that are meant, and need at least this much work, what they are and how long programs wait.
pub(in crate::check::rules) fn report<'a>(
    site: &Site<'a>,
    hits: &mut Vec<Hit>,
    least: Work,
    say: impl Fn(&'a Name, &'a Action) -> Option<String>,
) {
    for (table, action, work) in changes(site, least) {
        let Some(what) = say(table, action) else { continue };
        let hit = Hit::new(&action.span, format!("{what}: {}", waits(work)));
        hits.push(hit.help(match work {
            Work::Copy | Work::Locked => "do it while nobody writes, or let a tool copy the table in the background (gh-ost, pt-online-schema-change)",
            _ => "if it may be written anew while programs go on, say so, and the server refuses whatever else: `LOCK=NONE`",
        }));
    }
}

/// Says of an index during whose building nobody writes.
pub(in crate::check::rules) fn locking_index(site: &Site<'_>, hits: &mut Vec<Hit>, method: &str) {
    for (index, span) in site.indexes() {
        let is_it = index.method.as_deref() == Some(method) && site.is_old(&index.table);
        if is_it && !matches!(site.act, Act::CreateTable(_)) {
            let table = &index.table;
            let what =
                format!("nobody can write to `{table}` while the {} index is built", method.to_uppercase());
            hits.push(Hit::new(span, what).help("build it while nobody writes"));
        }
    }
}
