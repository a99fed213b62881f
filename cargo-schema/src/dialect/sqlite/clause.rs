//! The grammar of clauses: what follows a column's name, and what a table constraint says. Steps over what SQLite has
//! accepted; `source` puts the parts together.

use schema_build::schema::{Action, Deferrable, ForeignKey, Generated};

use super::cursor::Cursor;
use super::source::{Clause, ClauseKind, Remarks};

/// Whether a table constraint comes next.
pub(super) fn begins_constraint(cursor: &Cursor<'_>) -> bool {
    matches!(
        cursor.peek(0).to_ascii_lowercase().as_str(),
        "constraint" | "primary" | "unique" | "check" | "foreign"
    )
}

/// Words up to the first clause, and what follows in brackets.
pub(super) fn column_type(cursor: &mut Cursor<'_>) -> String {
    let start = cursor.start();
    while !cursor.is_done() && cursor.peek(0) != "(" && !begins_clause(cursor) {
        cursor.next();
    }
    if cursor.peek(0) == "(" {
        cursor.brackets();
    }
    cursor.text(start).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn begins_clause(cursor: &Cursor<'_>) -> bool {
    matches!(
        cursor.peek(0).to_ascii_lowercase().as_str(),
        "constraint"
            | "primary"
            | "not"
            | "null"
            | "unique"
            | "check"
            | "default"
            | "collate"
            | "references"
            | "as"
    ) || cursor.sees(&["generated", "always"])
}

/// All clauses up to the end.
pub(super) fn clauses(cursor: &mut Cursor<'_>) -> Vec<Clause> {
    let mut clauses = Vec::new();
    while !cursor.is_done() {
        let start = cursor.start();
        let name = cursor.take(&["constraint"]).then(|| cursor.name());
        let kind = clause_kind(cursor, name.is_some());
        if cursor.take(&["on", "conflict"]) {
            cursor.next();
        }
        // AUTOINCREMENT stands behind the conflict clause.
        let kind = match kind {
            ClauseKind::PrimaryKey { columns, is_descending, is_autoincrement } => ClauseKind::PrimaryKey {
                columns,
                is_descending,
                is_autoincrement: cursor.take(&["autoincrement"]) || is_autoincrement,
            },
            other => other,
        };
        clauses.push(Clause { name, kind, text: cursor.text(start).to_owned(), remarks: Remarks::default() });
    }
    clauses
}

fn clause_kind(cursor: &mut Cursor<'_>, is_named: bool) -> ClauseKind {
    if cursor.take(&["primary", "key"]) {
        primary_key(cursor)
    } else if cursor.take(&["not", "null"]) {
        ClauseKind::NotNull
    } else if cursor.take(&["unique"]) {
        let Key { columns, is_plain, .. } = key(cursor);
        ClauseKind::Unique { columns, is_plain }
    } else if cursor.take(&["check"]) {
        ClauseKind::Check(cursor.brackets().to_owned())
    } else if cursor.take(&["default"]) {
        ClauseKind::Default(cursor.value().to_owned())
    } else if cursor.take(&["collate"]) {
        ClauseKind::Collate(cursor.name())
    } else if cursor.take(&["foreign", "key"]) {
        let columns = cursor.items().iter_mut().map(Cursor::name).collect();
        cursor.take(&["references"]);
        ClauseKind::ForeignKey(reference(cursor, columns))
    } else if cursor.take(&["references"]) {
        ClauseKind::ForeignKey(reference(cursor, Vec::new()))
    } else if cursor.take(&["generated", "always", "as"]) || cursor.take(&["as"]) {
        let expression = cursor.brackets().to_owned();
        let is_stored = cursor.take(&["stored"]);
        cursor.take(&["virtual"]);
        ClauseKind::Generated(Generated { expression, is_stored })
    } else {
        // A name may stand alone; anything else that is unknown is stepped over word by word.
        if !is_named || !(begins_clause(cursor) || begins_constraint(cursor)) {
            cursor.next();
        }
        ClauseKind::Other
    }
}

fn primary_key(cursor: &mut Cursor<'_>) -> ClauseKind {
    let Key { columns, is_autoincrement, .. } = key(cursor);
    cursor.take(&["asc"]);
    ClauseKind::PrimaryKey { columns, is_descending: cursor.take(&["desc"]), is_autoincrement }
}

/// What stands in the brackets of a key.
#[derive(Default)]
struct Key {
    columns: Vec<String>,
    /// No column has a collation of its own there.
    is_plain: bool,
    is_autoincrement: bool,
}

/// `(a, b COLLATE NOCASE DESC)`, if that comes next.
fn key(cursor: &mut Cursor<'_>) -> Key {
    let mut key = Key { is_plain: true, ..Key::default() };
    let items = if cursor.peek(0) == "(" { cursor.items() } else { Vec::new() };
    for mut item in items {
        key.columns.push(item.name());
        while !item.is_done() {
            key.is_plain &= !item.sees(&["collate"]);
            key.is_autoincrement |= item.sees(&["autoincrement"]);
            item.next();
        }
    }
    key
}

/// What follows REFERENCES.
fn reference(cursor: &mut Cursor<'_>, columns: Vec<String>) -> ForeignKey {
    let table = cursor.name();
    let mut key = ForeignKey {
        name: None,
        columns,
        table,
        references: Vec::new(),
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
        deferrable: Deferrable::Not,
    };
    if cursor.peek(0) == "(" {
        key.references = cursor.items().iter_mut().map(Cursor::name).collect();
    }
    loop {
        if cursor.take(&["on", "delete"]) {
            key.on_delete = action(cursor);
        } else if cursor.take(&["on", "update"]) {
            key.on_update = action(cursor);
        } else if cursor.take(&["match"]) {
            cursor.next();
        } else if cursor.take(&["not", "deferrable"]) {
            initially(cursor);
            key.deferrable = Deferrable::Not;
        } else if cursor.take(&["deferrable"]) {
            key.deferrable = if initially(cursor) { Deferrable::Deferred } else { Deferrable::Immediate };
        } else {
            return key;
        }
    }
}

/// Whether a key is deferred at first.
fn initially(cursor: &mut Cursor<'_>) -> bool {
    cursor.take(&["initially", "deferred"]) || {
        cursor.take(&["initially", "immediate"]);
        false
    }
}

fn action(cursor: &mut Cursor<'_>) -> Action {
    if cursor.take(&["set", "null"]) {
        Action::SetNull
    } else if cursor.take(&["set", "default"]) {
        Action::SetDefault
    } else if cursor.take(&["cascade"]) {
        Action::Cascade
    } else if cursor.take(&["restrict"]) {
        Action::Restrict
    } else {
        cursor.take(&["no", "action"]);
        Action::NoAction
    }
}
