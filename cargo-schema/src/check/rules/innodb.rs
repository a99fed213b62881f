//! What InnoDB has to do for a change of a table that is in use: nothing but a note in the dictionary, an index built
//! while programs write, the table written anew, or a copy during which nobody writes. All of it was measured on
//! MariaDB 10.11, by what `ALGORITHM=` and `LOCK=NONE` are refused for. MySQL 8 was never asked; where its manual says
//! something else, the rules say so.

use crate::check::catalogue::{self, Table};
use crate::check::rule::{Hit, Site};
use crate::check::sql::Act;
use crate::check::sql::act::{Action, ActionKind, AlterTable, CreateIndex};
use crate::check::sql::part::{Column, Constraint, ConstraintKind, Name, Type};

/// What has to be done, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
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
pub(super) fn needs(site: &Site<'_>, table: &Name, action: &Action) -> Option<Work> {
    let known = site.table(table);
    Some(match &action.kind {
        ActionKind::AddColumn { column, .. } => adding(known, column),
        ActionKind::RedefineColumn { column, definition } => {
            let known = known?;
            redefining(site, known, known.column(column)?, definition)
        }
        ActionKind::AddIndex(index) => indexing(known, index),
        ActionKind::AddConstraint(constraint) => constraining(site, constraint),
        ActionKind::DropColumn { .. } if known.is_some_and(|it| is_rigid(it) || has_fulltext(it)) => {
            Work::Copy
        }
        ActionKind::DropPrimaryKey => {
            if gets_key(site) {
                Work::Rebuild
            } else {
                Work::Copy
            }
        }
        ActionKind::ConvertCharset { charset, .. } => converting(known, charset),
        ActionKind::SetEngine(engine) if is_transactional(engine) => Work::Rebuild,
        ActionKind::SetEngine(_) => Work::Copy,
        ActionKind::SetTableOption { name, .. } if is_format(name) => Work::Rebuild,
        ActionKind::Other(words) => other(words),
        _ => Work::Instant,
    })
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
    match words {
        "force" => Work::Rebuild,
        "add system versioning" | "order by" | "partition by" => Work::Copy,
        _ if words.starts_with("order by")
            || words.starts_with("partition by")
            || words == "remove partitioning" =>
        {
            Work::Copy
        }
        _ => Work::Instant,
    }
}

/// Options that say how rows lie on the disk.
pub(super) fn is_format(option: &str) -> bool {
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
pub(super) fn is_transactional(engine: &str) -> bool {
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
pub(super) fn is_rigid(table: &Table) -> bool {
    table.options.iter().any(|option| {
        matches!(option.as_str(), "row_format=compressed") || option.starts_with("key_block_size=")
    })
}

/// A table with an index that every new form of the table has to follow.
pub(super) fn has_fulltext(table: &Table) -> bool {
    table.indexes.iter().any(|index| index.method.as_deref() == Some("fulltext"))
}

fn adding(known: Option<&Table>, column: &Column) -> Work {
    let has_virtual = known.is_some_and(|table| table.columns.iter().any(|it| it.is_generated));
    let beside = column.constraints.iter().map(|constraint| match constraint.kind {
        ConstraintKind::ForeignKey(_) => Work::Copy,
        ConstraintKind::Unique(_) | ConstraintKind::PrimaryKey(_) => Work::Rebuild,
        _ => Work::Instant,
    });
    let own = if column.generated.as_ref().is_some_and(|generated| generated.is_stored)
        || is_computed(known, column)
    {
        Work::Copy
    } else if column.is_numbered || known.is_some_and(has_fulltext) {
        Work::Locked
    } else if column.is_placed && has_virtual {
        Work::Copy
    } else if known.is_some_and(is_rigid) {
        Work::Rebuild
    } else {
        Work::Instant
    };
    beside.fold(own, Work::max)
}

/// A default that is another one for each row: it is made of columns, or of a call that gives something new each time.
pub(super) fn is_computed(known: Option<&Table>, column: &Column) -> bool {
    const EACH: [&str; 5] = ["uuid", "sys_guid", "uuid_short", "random_bytes", "sysdate"];
    let is_column = |name: &String| known.is_some_and(|table| table.column(name).is_some());
    column.default.as_ref().is_some_and(|default| {
        default.calls.iter().any(|call| EACH.contains(&call.as_str()))
            || default.columns.iter().any(is_column)
    })
}

fn indexing(known: Option<&Table>, index: &CreateIndex) -> Work {
    match index.method.as_deref() {
        // A second one needs no rewrite, but nobody writes meanwhile either.
        Some("fulltext" | "spatial") => Work::Locked,
        _ if known.is_some_and(has_fulltext) && index.is_unique => Work::Index,
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
pub(super) fn checks_keys(site: &Site<'_>) -> bool {
    !matches!(value(site, "foreign_key_checks"), Some("0" | "off" | "false"))
}

/// What the script has set a variable of its session to last.
pub(super) fn value<'a>(site: &Site<'a>, name: &str) -> Option<&'a str> {
    site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Set(set) if set.name == name => Some(set.value.as_deref().unwrap_or_default()),
        _ => None,
    })
}

fn redefining(site: &Site<'_>, table: &Table, known: &catalogue::Column, definition: &Column) -> Work {
    if conversion(table, known, definition) != Conversion::Free {
        return Work::Copy;
    }
    if definition.generated.as_ref().is_some_and(|it| it.is_stored)
        || definition.is_numbered && !known.is_numbered
    {
        return Work::Copy;
    }
    let is_null_kept = stays_null(site, table, known, definition);
    if !is_null_kept && has_fulltext(table) {
        Work::Locked
    } else if is_null_kept {
        Work::Instant
    } else {
        Work::Rebuild
    }
}

/// Whether NULL is allowed afterwards if, and only if, it was before.
pub(super) fn stays_null(
    _site: &Site<'_>,
    table: &Table,
    known: &catalogue::Column,
    definition: &Column,
) -> bool {
    let is_key = table.primary_key.as_ref().is_some_and(|key| key.contains(&known.name));
    is_key || known.not_null == (definition.not_null || definition.is_numbered)
}

/// What becomes of the values when the type of a column changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// They stay as they are.
    Free,
    /// They are copied.
    Copy,
    /// They are copied, and some may not fit.
    Narrow,
}

/// From what is known of a column to its new definition.
pub(super) fn conversion(table: &Table, known: &catalogue::Column, definition: &Column) -> Conversion {
    let (Some(from), Some(to)) = (&known.ty, &definition.ty) else { return Conversion::Copy };
    let (old, new) = (
        charset(table, known.charset.as_ref(), known.collation.as_ref()),
        charset(table, definition.charset.as_ref(), definition.collation.as_ref()),
    );
    let by_type = by_type(from, to, width(old.as_deref()), width(new.as_deref()));
    if by_type != Conversion::Free || !is_text(from) || old == new {
        return by_type;
    }
    match (old.as_deref(), new.as_deref()) {
        (Some("utf8mb3"), Some("utf8mb4")) | (Some("ascii"), Some("utf8mb3" | "utf8mb4")) => Conversion::Free,
        (Some(_), Some("utf8mb4")) => Conversion::Copy,
        (Some(_), Some(_)) => Conversion::Narrow,
        _ => Conversion::Free,
    }
}

/// The character set of a column, where anything says so.
pub(super) fn charset(table: &Table, own: Option<&String>, collation: Option<&String>) -> Option<String> {
    let of_collation = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    let option = |name: &str| table.options.iter().find_map(|it| it.strip_prefix(name)).map(str::to_owned);
    let said = own.cloned().or_else(|| collation.map(|it| of_collation(it)));
    let said = said.or_else(|| option("charset=")).or_else(|| option("collate=").map(|it| of_collation(&it)));
    said.map(|it| if it == "utf8" { "utf8mb3".to_owned() } else { it })
}

/// How many bytes a character may take; what is not known takes as many as any.
pub(super) fn width(charset: Option<&str>) -> u32 {
    match charset {
        Some("utf8mb3") => 3,
        Some("ucs2" | "gbk" | "sjis" | "big5" | "euckr" | "cp932" | "gb2312") => 2,
        Some(
            "latin1" | "ascii" | "binary" | "latin2" | "latin5" | "latin7" | "cp1250" | "cp1251" | "cp1256"
            | "koi8r" | "koi8u" | "greek" | "hebrew",
        ) => 1,
        _ => 4,
    }
}

/// Whether a type holds text in a character set.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(
        ty.name.as_str(),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
    )
}

fn by_type(from: &Type, to: &Type, old: u32, new: u32) -> Conversion {
    let first = |ty: &Type| ty.arguments.first().copied();
    if from.name != to.name {
        return across(from, to);
    }
    if from.modifiers.iter().any(|it| it == "unsigned") != to.modifiers.iter().any(|it| it == "unsigned") {
        return Conversion::Copy;
    }
    match from.name.as_str() {
        "varchar" | "varbinary" => {
            let (old, new) = if from.name == "varbinary" { (1, 1) } else { (old, new) };
            varchar(first(from).unwrap_or(0), first(to).unwrap_or(0), old, new)
        }
        "char" | "binary" | "bit" | "datetime" | "timestamp" | "time" => {
            let none = u32::from(matches!(from.name.as_str(), "char" | "binary" | "bit"));
            by_size(first(from).unwrap_or(none), first(to).unwrap_or(none))
        }
        "decimal" => decimal(from, to),
        "enum" | "set" => by_values(from, to),
        _ => Conversion::Free,
    }
}

fn by_size(from: u32, to: u32) -> Conversion {
    match to.cmp(&from) {
        std::cmp::Ordering::Equal => Conversion::Free,
        std::cmp::Ordering::Greater => Conversion::Copy,
        std::cmp::Ordering::Less => Conversion::Narrow,
    }
}

/// A length that takes one byte on the disk can become one that takes two only below 128 bytes.
fn varchar(from: u32, to: u32, old: u32, new: u32) -> Conversion {
    let (before, after) = (from.saturating_mul(old), to.saturating_mul(new));
    if to < from {
        Conversion::Narrow
    } else if before > 255 || after <= 255 || before <= 127 {
        Conversion::Free
    } else {
        Conversion::Copy
    }
}

fn decimal(from: &Type, to: &Type) -> Conversion {
    let parts =
        |ty: &Type| (ty.arguments.first().copied().unwrap_or(10), ty.arguments.get(1).copied().unwrap_or(0));
    let ((old, old_scale), (new, new_scale)) = (parts(from), parts(to));
    if (old, old_scale) == (new, new_scale) {
        Conversion::Free
    } else if new_scale < old_scale || new.saturating_sub(new_scale) < old.saturating_sub(old_scale) {
        Conversion::Narrow
    } else {
        Conversion::Copy
    }
}

/// Values may be added behind the others, as long as numbers for them take no more bytes.
fn by_values(from: &Type, to: &Type) -> Conversion {
    let bytes = |ty: &Type| match (ty.name.as_str(), ty.values.len()) {
        ("enum", count) => 1 + usize::from(count > 255),
        (_, count) => count.div_ceil(8).next_power_of_two(),
    };
    if from.values.iter().any(|value| !to.values.contains(value)) {
        Conversion::Narrow
    } else if to.values.starts_with(&from.values) && bytes(from) == bytes(to) {
        Conversion::Free
    } else {
        Conversion::Copy
    }
}

/// Types of one kind, from the smallest to the largest.
const LADDERS: [&[&str]; 6] = [
    &["tinyint", "smallint", "mediumint", "int", "bigint"],
    &["float", "double"],
    &["tinytext", "text", "mediumtext", "longtext"],
    &["tinyblob", "blob", "mediumblob", "longblob"],
    &["date", "datetime"],
    &["date", "timestamp"],
];

fn across(from: &Type, to: &Type) -> Conversion {
    let step = |ladder: &[&str], ty: &Type| ladder.iter().position(|step| *step == ty.name);
    let is_down = LADDERS.iter().any(|ladder| {
        matches!((step(ladder, from), step(ladder, to)), (Some(before), Some(after)) if after < before)
    });
    let is_cut = matches!(from.name.as_str(), "text" | "mediumtext" | "longtext")
        && matches!(to.name.as_str(), "varchar" | "char")
        || from.name == "varchar" && to.name == "char" && to.arguments < from.arguments
        || matches!(from.name.as_str(), "float" | "double" | "decimal") && to.name.ends_with("int")
        || from.name == "decimal" && to.name == "float"
        || matches!(from.name.as_str(), "varchar" | "char" | "text" | "longtext")
            && (to.name.ends_with("int") || matches!(to.name.as_str(), "date" | "datetime" | "decimal"));
    if is_down || is_cut { Conversion::Narrow } else { Conversion::Copy }
}

/// What an ALTER TABLE was told to keep to, in lower case: `algorithm=inplace` and `lock=none`. A server that cannot
/// refuses it, and nothing happens.
pub(super) fn promises_online(options: &[String]) -> bool {
    options
        .iter()
        .any(|option| matches!(option.as_str(), "lock=none" | "algorithm=instant" | "algorithm=nocopy"))
}

/// The changes of tables in use that need at least this much work. What only rewrites a table while programs go on is
/// left alone where the statement says `LOCK=NONE`: its author knows.
pub(super) fn changes<'a>(site: &Site<'a>, least: Work) -> Vec<(&'a Name, &'a Action, Work)> {
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
pub(super) fn alter<'a>(site: &Site<'a>) -> Option<&'a AlterTable> {
    match site.act {
        Act::AlterTable(alter) => Some(alter),
        _ => None,
    }
}

/// How long programs wait, for a message.
pub(super) fn waits(work: Work) -> &'static str {
    match work {
        Work::Copy => "every row is copied, and nobody can write meanwhile",
        Work::Locked => "nobody can write while it is done",
        _ => "the whole table is written anew, while programs go on",
    }
}

/// Every column that a statement makes or changes, with its table.
pub(super) fn columns<'a>(site: &Site<'a>) -> Vec<(&'a Name, &'a Column)> {
    match site.act {
        Act::CreateTable(create) => create.columns.iter().map(|column| (&create.table, column)).collect(),
        _ => site
            .changes()
            .filter_map(|(table, action)| match &action.kind {
                ActionKind::AddColumn { column, .. } => Some((table, &**column)),
                ActionKind::RedefineColumn { definition, .. } => Some((table, &**definition)),
                _ => None,
            })
            .collect(),
    }
}

/// Every constraint that a statement makes, with its table.
pub(super) fn constraints<'a>(site: &Site<'a>) -> Vec<(&'a Name, &'a Constraint)> {
    match site.act {
        Act::CreateTable(create) => {
            let beside = create.columns.iter().flat_map(|column| &column.constraints);
            create.constraints.iter().chain(beside).map(|constraint| (&create.table, constraint)).collect()
        }
        _ => site.added_constraints().collect(),
    }
}

/// Says of the changes that are meant, and need at least this much work, what they are and how long programs wait.
pub(super) fn report<'a>(
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

/// A column that is defined anew: what is known of it, its name so far, and its new definition.
pub(super) fn redefinition<'a>(
    site: &Site<'a>,
    table: &Name,
    action: &'a Action,
) -> Option<(&'a catalogue::Column, &'a str, &'a Column)> {
    let ActionKind::RedefineColumn { column, definition } = &action.kind else { return None };
    Some((site.table(table)?.column(column)?, column, definition))
}

/// The type of a definition as it was written.
pub(super) fn type_text(column: &Column) -> &str {
    column.ty.as_ref().map_or("", |ty| ty.text.as_str())
}

/// Says of an index during whose building nobody writes.
pub(super) fn locking_index(site: &Site<'_>, hits: &mut Vec<Hit>, method: &str) {
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

/// What a promise is broken by.
pub(super) fn needed(work: Work) -> &'static str {
    match work {
        Work::Instant => "nothing is needed for it",
        Work::Index => "an index is built",
        _ => waits(work),
    }
}

/// Whether a table is one of InnoDB, as is the default.
pub(super) fn is_kept_by_innodb(table: &Table) -> bool {
    table.options.iter().filter_map(|option| option.strip_prefix("engine=")).all(|engine| engine == "innodb")
}

/// How many bytes a column takes in a key.
pub(super) fn key_bytes(table: &Table, column: &str, prefix: Option<u32>) -> u32 {
    let Some(known) = table.column(column) else { return 0 };
    let Some(ty) = &known.ty else { return 0 };
    let width = if is_text(ty) {
        width(charset(table, known.charset.as_ref(), known.collation.as_ref()).as_deref())
    } else {
        1
    };
    match (prefix, ty.name.as_str()) {
        (Some(prefix), _) => prefix.saturating_mul(width),
        (None, "varchar" | "char" | "varbinary" | "binary") => {
            ty.arguments.first().copied().unwrap_or(1).saturating_mul(width)
        }
        (None, name) if is_long(name) => 65535,
        (None, _) => 8,
    }
}

/// Whether a type is kept beside its row, so that no key holds all of it.
pub(super) fn is_long(ty: &str) -> bool {
    ty.ends_with("text") || ty.ends_with("blob")
}

/// How many bytes of a row a column counts for, at most.
pub(super) fn row_bytes(table: &Table, column: &str) -> u32 {
    let ty = table.column(column).and_then(|column| column.ty.as_ref());
    match ty.map_or("", |ty| ty.name.as_str()) {
        "varchar" | "varbinary" => key_bytes(table, column, None).saturating_add(2),
        "char" | "binary" => key_bytes(table, column, None),
        _ => 8,
    }
}
