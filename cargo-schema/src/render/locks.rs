//! What statements lock and write anew, in words and as data.

use schema_build::finding::Excerpt;
use schema_runtime::history::{History, Node};
use serde_json::{Value, json};

use crate::dialect::postgres::trace::{Size, Touched, Trace, Traced};
use crate::render::human::count;
use crate::shell::Shell;

/// One line for each table that a statement touches.
pub(crate) fn tell(shell: &Shell, history: &History, trace: &Trace) {
    for statement in &trace.statements {
        for table in &statement.tables {
            shell.status("Locks", format_args!("{} by {}", words(table), place(history, statement)));
        }
    }
    for &node in &trace.unseen {
        let title = history.revision(node).title();
        shell.attention("Unseen", format_args!("what {title} locks, for it runs outside a transaction"));
    }
}

/// `` `users` AccessExclusiveLock, written anew (8192 bytes, about 3 rows) ``
fn words(table: &Touched) -> String {
    let rewritten = table.is_rewritten.then(|| "written anew".to_owned());
    let effects: Vec<String> = table.locks.iter().cloned().chain(rewritten).collect();
    let size = table.size.map_or_else(|| "not there yet".to_owned(), sized);
    format!("`{}` {} ({size})", table.table, effects.join(", "))
}

fn sized(size: Size) -> String {
    let bytes = match size.bytes {
        bytes @ ..10_000 => format!("{bytes} bytes"),
        bytes @ ..10_000_000 => format!("{} kB", bytes / 1_000),
        bytes @ ..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        bytes => format!("{} GB", bytes / 1_000_000_000),
    };
    match usize::try_from(size.rows) {
        Ok(rows) => format!("{bytes}, about {}", count(rows, "row")),
        Err(_) => format!("{bytes}, rows never counted"),
    }
}

/// `up.sql:3 of 4f1c2a9b7d03 add phone`
fn place(history: &History, statement: &Traced) -> String {
    let revision = history.revision(statement.node);
    format!("up.sql:{} of {}", excerpt(history, statement).line, revision.title())
}

fn excerpt(history: &History, statement: &Traced) -> Excerpt {
    Excerpt::at(&history.revision(statement.node).up.text, statement.bytes.clone(), "")
}

/// The same as data.
pub(crate) fn document(history: &History, trace: &Trace) -> Value {
    let id = |node: Node| history.revision(node).id.to_string();
    let statements = trace.statements.iter().map(|statement| {
        let excerpt = excerpt(history, statement);
        json!({
            "revision": id(statement.node),
            "line": excerpt.line,
            "statement": excerpt.text,
            "tables": statement.tables.iter().map(table).collect::<Vec<_>>(),
        })
    });
    json!({
        "statements": statements.collect::<Vec<_>>(),
        "unseen": trace.unseen.iter().map(|&node| id(node)).collect::<Vec<_>>(),
    })
}

fn table(table: &Touched) -> Value {
    json!({
        "table": table.table,
        "locks": table.locks,
        "is_rewritten": table.is_rewritten,
        "bytes": table.size.map(|size| size.bytes),
        "rows": table.size.map(|size| size.rows).filter(|rows| *rows >= 0),
    })
}
