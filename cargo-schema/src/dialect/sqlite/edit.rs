//! Changes to a table's statement: each touches the clauses that it is about, and all others stay as they were
//! written. Pure.

use schema_build::schema::{
    Action, Check, Column, ColumnType, Deferrable, ForeignKey, Generated, PrimaryKey, Table, Unique,
};

use super::normalize::{check_of_values, expression, values_of_check};
use super::source::{Clause, ClauseKind, ColumnSource, Remarks, TableSource};
use super::types::canonical;
use super::{cursor::Cursor, name};
use crate::operation::{Operation, Part};

/// The statement of a new table. Unique keys are not in it: they are indexes, which can be dropped in place.
pub(crate) fn create(table_name: &str, table: &Table) -> TableSource {
    let mut source = TableSource {
        name: table_name.to_owned(),
        columns: table.columns.iter().map(column).collect(),
        constraints: Vec::new(),
        is_strict: table.options.is_strict,
        is_without_rowid: table.options.is_without_rowid,
    };
    if let Some(key) = &table.primary_key {
        add_primary_key(&mut source, key);
    }
    table.checks.iter().for_each(|check| source.constraints.push(check_clause(check)));
    table.foreign_keys.iter().for_each(|key| add_foreign_key(&mut source, key));
    table.columns.iter().for_each(|column| number(&mut source, column));
    source
}

/// The statement after these operations, of which those that are about indexes say nothing here.
pub(crate) fn apply(source: &mut TableSource, operations: &[&Operation]) {
    operations.iter().for_each(|operation| change(source, operation));
    for operation in operations {
        if let Operation::AddColumn { column, .. } | Operation::AlterColumn { to: column, .. } = operation {
            number(source, column);
        }
    }
}

fn change(source: &mut TableSource, operation: &Operation) {
    match operation {
        Operation::AddColumn { column, .. } => source.columns.push(self::column(column)),
        Operation::DropColumn { column, .. } => {
            source.columns.retain(|written| !name::is_same(&written.name, &column.name));
        }
        Operation::AlterColumn { from, to, .. } => {
            let removed = from.values.as_ref().filter(|_| from.values != to.values);
            if removed.is_some() {
                remove(source, None, |_, clause| is_values_check(clause, &from.name));
            }
            if let Some(written) = source.column_mut(&from.name) {
                alter(written, from, to);
            }
        }
        Operation::AddPart { part, .. } => add(source, part),
        Operation::DropPart { part, .. } => drop_part(source, part),
        Operation::RenamePart { from, to, .. } => rename_part(source, from, to.name()),
        Operation::AlterTable { to, .. } => {
            source.is_strict = to.options.is_strict;
            source.is_without_rowid = to.options.is_without_rowid;
        }
        Operation::CreateTable { .. }
        | Operation::DropTable { .. }
        | Operation::RenameTable { .. }
        | Operation::RenameColumn { .. }
        | Operation::CreateEnum { .. }
        | Operation::DropEnum { .. }
        | Operation::RenameEnum { .. }
        | Operation::AlterEnum { .. } => {}
    }
}

/// A column's definition.
pub(crate) fn column(column: &Column) -> ColumnSource {
    let mut clauses = Vec::new();
    let mut push = |kind: ClauseKind, text: String| clauses.push(Clause::new(None, kind, text));
    if !column.is_nullable {
        push(ClauseKind::NotNull, "NOT NULL".to_owned());
    }
    if let Some(default) = &column.default {
        let value = default_sql(default);
        push(ClauseKind::Default(value.clone()), format!("DEFAULT {value}"));
    }
    if let Some(collation) = &column.collation {
        push(ClauseKind::Collate(collation.clone()), format!("COLLATE {}", name::quoted(collation)));
    }
    if let Some(generated) = &column.generated {
        clauses.push(generated_clause(generated));
    }
    if let Some(values) = &column.values {
        clauses.push(values_clause(&column.name, values));
    }
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    ColumnSource {
        name: column.name.clone(),
        ty: ty.clone(),
        clauses,
        verbatim: None,
        remarks: Remarks::default(),
    }
}

fn generated_clause(generated: &Generated) -> Clause {
    let word = if generated.is_stored { "STORED" } else { "VIRTUAL" };
    let text = format!("GENERATED ALWAYS AS ({}) {word}", generated.expression);
    Clause::new(None, ClauseKind::Generated(generated.clone()), text)
}

fn values_clause(column: &str, values: &schema_build::schema::EnumType) -> Clause {
    let condition = check_of_values(column, values);
    Clause::new(None, ClauseKind::Check(condition.clone()), format!("CHECK ({condition})"))
}

/// What stands after DEFAULT: literals as they are, expressions in brackets.
fn default_sql(default: &str) -> String {
    let mut cursor = Cursor::new(default);
    let first = cursor.peek(0).to_ascii_lowercase();
    cursor.value();
    let is_word = first.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"');
    let is_known = matches!(
        first.as_str(),
        "null" | "true" | "false" | "current_timestamp" | "current_date" | "current_time"
    ) || first.starts_with("x'");
    if cursor.is_done() && (!is_word || is_known) {
        default.trim().to_owned()
    } else {
        format!("({default})")
    }
}

/// Makes one column another, clause by clause.
fn alter(written: &mut ColumnSource, from: &Column, to: &Column) {
    written.verbatim = None;
    let fresh = column(to);
    if from.ty != to.ty {
        written.ty.clone_from(&fresh.ty);
    }
    if from.is_nullable != to.is_nullable
        || !to.is_nullable && !written.is_not_null() && written.key().is_none()
    {
        replace(written, &fresh, |kind| matches!(kind, ClauseKind::NotNull));
    }
    if from.default != to.default {
        replace(written, &fresh, |kind| matches!(kind, ClauseKind::Default(_)));
    }
    if from.collation != to.collation {
        replace(written, &fresh, |kind| matches!(kind, ClauseKind::Collate(_)));
    }
    if from.generated != to.generated {
        replace(written, &fresh, |kind| matches!(kind, ClauseKind::Generated(_)));
    }
    if from.values != to.values
        && let Some(values) = &to.values
    {
        written.clauses.push(values_clause(&to.name, values));
    }
}

/// Takes the clauses of one kind from another definition, where the old ones stood.
fn replace(written: &mut ColumnSource, fresh: &ColumnSource, is_it: fn(&ClauseKind) -> bool) {
    let place = written.clauses.iter().position(|clause| is_it(&clause.kind));
    written.clauses.retain(|clause| !is_it(&clause.kind));
    // A bare NULL says what its absence says, and contradicts NOT NULL.
    written.clauses.retain(|clause| !clause.text.eq_ignore_ascii_case("null"));
    let is_first = |clause: &&Clause| is_key(clause) || matches!(clause.kind, ClauseKind::NotNull);
    let behind_key = written.clauses.iter().take_while(is_first).count();
    let place = place.unwrap_or(behind_key).min(written.clauses.len());
    for (ahead, clause) in fresh.clauses.iter().filter(|clause| is_it(&clause.kind)).enumerate() {
        written.clauses.insert((place + ahead).min(written.clauses.len()), clause.clone());
    }
}

fn is_key(clause: &Clause) -> bool {
    matches!(clause.kind, ClauseKind::PrimaryKey { .. })
}

/// Sets or removes AUTOINCREMENT where the column is the key.
fn number(source: &mut TableSource, column: &Column) {
    let key = source.key();
    if !matches!(key.as_slice(), [only] if name::is_same(only, &column.name)) {
        return;
    }
    let is_numbered = column.identity.is_some();
    if is_numbered == source.is_autoincrement() {
        return;
    }
    let names = names_of(source, is_key);
    remove(source, None, |_, clause| is_key(clause));
    let text = if is_numbered { "PRIMARY KEY AUTOINCREMENT" } else { "PRIMARY KEY" };
    let kind =
        ClauseKind::PrimaryKey { columns: Vec::new(), is_descending: false, is_autoincrement: is_numbered };
    if let Some(written) = source.column_mut(&column.name) {
        written.verbatim = None;
        written.clauses.insert(0, Clause::new(names.first().map(String::as_str), kind, text.to_owned()));
    }
}

fn names_of(source: &TableSource, is_it: fn(&Clause) -> bool) -> Vec<String> {
    let own = source.columns.iter().flat_map(|column| &column.clauses);
    own.chain(&source.constraints)
        .filter(|clause| is_it(clause))
        .filter_map(|clause| clause.name.clone())
        .collect()
}

fn add(source: &mut TableSource, part: &Part) {
    match part {
        Part::PrimaryKey(key) => add_primary_key(source, key),
        Part::Check(check) => source.constraints.push(check_clause(check)),
        Part::ForeignKey(key) => add_foreign_key(source, key),
        // Made as indexes.
        Part::Unique(_) | Part::Index(_) => {}
    }
}

fn add_primary_key(source: &mut TableSource, key: &PrimaryKey) {
    let is_strange = |column: &ColumnSource| column.ty.eq_ignore_ascii_case("integer");
    let kind = |columns: Vec<String>| ClauseKind::PrimaryKey {
        columns,
        is_descending: false,
        is_autoincrement: false,
    };
    if let [only] = key.columns.as_slice()
        && let without_rowid = source.is_without_rowid
        && let Some(written) = source.column_mut(only)
    {
        written.verbatim = None;
        if is_strange(written) && !without_rowid {
            // It is the rowid, which is never NULL.
            written.clauses.retain(|clause| clause.kind != ClauseKind::NotNull || clause.name.is_some());
        }
        let clause = Clause::new(key.name.as_deref(), kind(Vec::new()), "PRIMARY KEY".to_owned());
        written.clauses.insert(0, clause);
    } else {
        let text = format!("PRIMARY KEY ({})", name::list(&key.columns));
        source.constraints.insert(0, Clause::new(key.name.as_deref(), kind(key.columns.clone()), text));
    }
}

fn check_clause(check: &Check) -> Clause {
    let text = format!("CHECK ({})", check.expression);
    Clause::new(check.name.as_deref(), ClauseKind::Check(check.expression.clone()), text)
}

fn add_foreign_key(source: &mut TableSource, key: &ForeignKey) {
    let references = references(key);
    if let [only] = key.columns.as_slice()
        && let Some(written) = source.column_mut(only)
    {
        written.verbatim = None;
        let kind = ClauseKind::ForeignKey(ForeignKey { columns: Vec::new(), name: None, ..key.clone() });
        written.clauses.push(Clause::new(key.name.as_deref(), kind, references));
    } else {
        let text = format!("FOREIGN KEY ({}) {references}", name::list(&key.columns));
        let kind = ClauseKind::ForeignKey(ForeignKey { name: None, ..key.clone() });
        source.constraints.push(Clause::new(key.name.as_deref(), kind, text));
    }
}

/// `REFERENCES users (id) ON DELETE CASCADE`.
pub(crate) fn references(key: &ForeignKey) -> String {
    let mut text = format!("REFERENCES {}", name::quoted(&key.table));
    if !key.references.is_empty() {
        text += &format!(" ({})", name::list(&key.references));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        text += &match action {
            Action::NoAction => continue,
            Action::Restrict => format!(" ON {event} RESTRICT"),
            Action::Cascade => format!(" ON {event} CASCADE"),
            Action::SetNull => format!(" ON {event} SET NULL"),
            Action::SetDefault => format!(" ON {event} SET DEFAULT"),
        };
    }
    text + match key.deferrable {
        Deferrable::Not => "",
        Deferrable::Immediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn drop_part(source: &mut TableSource, part: &Part) {
    if let Part::PrimaryKey(key) = part {
        // Being the key said NOT NULL.
        key.columns.iter().for_each(|column| say_not_null(source, column));
    }
    remove(source, part.name(), |column, clause| is_part(column, clause, part));
}

fn say_not_null(source: &mut TableSource, column: &str) {
    if let Some(written) = source.column_mut(column).filter(|written| !written.is_not_null()) {
        written.verbatim = None;
        written.clauses.push(Clause::new(None, ClauseKind::NotNull, "NOT NULL".to_owned()));
    }
}

/// Whether a clause, found at that column or at the table, is this part, its name aside.
fn is_part(column: Option<&str>, clause: &Clause, part: &Part) -> bool {
    let is_over = |own: &[String], wanted: &[String]| match column {
        Some(column) => matches!(wanted, [only] if name::is_same(only, column)),
        None => own.len() == wanted.len() && own.iter().zip(wanted).all(|(a, b)| name::is_same(a, b)),
    };
    match (&clause.kind, part) {
        (ClauseKind::PrimaryKey { .. }, Part::PrimaryKey(_)) => true,
        (ClauseKind::Unique { columns, .. }, Part::Unique(Unique { columns: wanted, .. })) => {
            is_over(columns, wanted)
        }
        (ClauseKind::Check(sql), Part::Check(check)) => expression(sql) == expression(&check.expression),
        (ClauseKind::ForeignKey(key), Part::ForeignKey(wanted)) => {
            let references =
                |key: &ForeignKey| key.references.iter().map(|name| name::fold(name)).collect::<Vec<_>>();
            is_over(&key.columns, &wanted.columns)
                && name::is_same(&key.table, &wanted.table)
                && (key.references.is_empty() || references(key) == references(wanted))
                && (key.on_delete, key.on_update, key.deferrable)
                    == (wanted.on_delete, wanted.on_update, wanted.deferrable)
        }
        (_, _) => false,
    }
}

fn is_values_check(clause: &Clause, column: &str) -> bool {
    matches!(&clause.kind, ClauseKind::Check(sql) if values_of_check(sql, column).is_some())
}

/// Removes one clause that fits; one with that name, if there is one.
fn remove(source: &mut TableSource, named: Option<&str>, fits: impl Fn(Option<&str>, &Clause) -> bool) {
    if let Some(place) = find(source, named, fits) {
        match place {
            (Some(column), clause) => {
                source.columns[column].verbatim = None;
                source.columns[column].clauses.remove(clause);
            }
            (None, clause) => drop(source.constraints.remove(clause)),
        }
    }
}

/// Where a clause is: its column and its position there.
fn find(
    source: &TableSource,
    named: Option<&str>,
    fits: impl Fn(Option<&str>, &Clause) -> bool,
) -> Option<(Option<usize>, usize)> {
    let own = source.columns.iter().enumerate().flat_map(|(at, column)| {
        column
            .clauses
            .iter()
            .enumerate()
            .map(move |(position, clause)| (Some((at, column.name.as_str())), position, clause))
    });
    let shared = source.constraints.iter().enumerate().map(|(position, clause)| (None, position, clause));
    let found: Vec<_> = own
        .chain(shared)
        .filter(|(column, _, clause)| fits(column.map(|(_, name)| name), clause))
        .map(|(column, position, clause)| (column.map(|(at, _)| at), position, clause.name.as_deref()))
        .collect();
    let best = found.iter().find(|(_, _, name)| *name == named).or(found.first())?;
    Some((best.0, best.1))
}

fn rename_part(source: &mut TableSource, from: &Part, to: Option<&str>) {
    let Some(place) = find(source, from.name(), |column, clause| is_part(column, clause, from)) else {
        return;
    };
    let clause = match place {
        (Some(column), clause) => {
            source.columns[column].verbatim = None;
            &mut source.columns[column].clauses[clause]
        }
        (None, clause) => &mut source.constraints[clause],
    };
    let mut cursor = Cursor::new(&clause.text);
    if cursor.take(&["constraint"]) {
        cursor.next();
    }
    let body = clause.text[cursor.start()..].to_owned();
    let renamed = Clause::new(to, clause.kind.clone(), body);
    *clause = Clause { remarks: clause.remarks.clone(), ..renamed };
}

/// Whether two types differ in more than their spelling.
pub(crate) fn is_other_type(from: &Column, to: &Column) -> bool {
    match (&from.ty, &to.ty) {
        (ColumnType::Sql(from), ColumnType::Sql(to)) => canonical(from) != canonical(to),
        (_, _) => false,
    }
}
