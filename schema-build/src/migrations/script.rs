//! One SQL file as a script: cut into statements, hashed, and with the way it must be run. Text in, no files.

use std::path::Path;

use schema_runtime::dialect::Dialect;
use schema_runtime::revision::{Mode, Script, Statement, StatementKind};

use super::metadata::Metadata;
use crate::finding::Finding;
use crate::statement::{self, Lexed};

/// Makes a script of a file's text.
pub(super) fn read(
    path: &Path,
    text: String,
    metadata: Option<&Metadata>,
    dialect: Dialect,
) -> (Script, Vec<Finding>) {
    let (lexed, checksum) = statement::read(&text, dialect);
    let mode = mode(metadata, &lexed);
    let script = Script { text: text.into(), checksum: checksum.into(), statements: lexed.statements, mode };
    let mut findings: Vec<Finding> = lexed
        .problems
        .iter()
        .map(|problem| unclosed(path, &script.text, problem.offset, &problem.message))
        .collect();
    if mode != Mode::Outside {
        let is_refused = |kind| kind == StatementKind::Transaction && dialect == Dialect::Sqlite;
        findings.extend(each(path, &script, is_refused, transaction_control));
        findings.extend(each(path, &script, |kind| kind == StatementKind::Outside, needs_no_transaction));
    } else {
        findings.extend(inside_own(path, &script));
    }
    (script, findings)
}

/// Statements that cannot run in a transaction, in one that the script begins itself.
fn inside_own(path: &Path, script: &Script) -> Vec<Finding> {
    let mut is_open = false;
    let mut refused = Vec::new();
    for statement in &*script.statements {
        if statement.kind == StatementKind::Transaction {
            is_open = begins(script.sql(statement)).unwrap_or(is_open);
        }
        if is_open && statement.kind == StatementKind::Outside {
            refused.push(found(path, script, statement, in_own_transaction));
        }
    }
    refused
}

/// Whether a transaction begins or ends; `None` where neither happens, as with a savepoint.
fn begins(statement: &str) -> Option<bool> {
    let words: Vec<String> = statement.split_whitespace().take(3).map(str::to_lowercase).collect();
    let is_partial = words.iter().any(|word| word == "to");
    match words.first()?.trim_end_matches(';') {
        "begin" | "start" => Some(true),
        "commit" | "end" | "rollback" | "abort" if !is_partial => Some(false),
        _ => None,
    }
}

fn mode(metadata: Option<&Metadata>, lexed: &Lexed) -> Mode {
    let is_transactional = metadata.is_none_or(Metadata::is_transactional);
    let keys_are_off = metadata.and_then(|it| it.foreign_keys.as_ref()).is_some_and(|flag| !flag.value);
    match (is_transactional, keys_are_off || lexed.rebuilds) {
        (false, _) => Mode::Outside,
        (true, true) => Mode::ForeignKeysOff,
        (true, false) => Mode::Joined,
    }
}

fn unclosed(path: &Path, text: &str, offset: usize, message: &str) -> Finding {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Finding::error("unclosed-sql", format!("`{file}` cannot be cut into statements"))
        .at(path, text, offset..offset + 1, message)
        .help("close it: all that follows belongs to it")
}

/// A finding for each statement of a kind.
fn each(
    path: &Path,
    script: &Script,
    is_refused: impl Fn(StatementKind) -> bool,
    finding: fn(&str) -> Finding,
) -> Vec<Finding> {
    let refused = script.statements.iter().filter(|statement| is_refused(statement.kind));
    refused.map(|statement| found(path, script, statement, finding)).collect()
}

fn found(path: &Path, script: &Script, statement: &Statement, finding: fn(&str) -> Finding) -> Finding {
    let bytes = statement.start as usize..statement.end as usize;
    finding(&beginning(script, statement)).at(path, &script.text, bytes, "")
}

/// The first words of a statement.
fn beginning(script: &Script, statement: &Statement) -> String {
    script.sql(statement).split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn transaction_control(statement: &str) -> Finding {
    Finding::error("transaction-control", format!("`{statement}` interferes with the transaction that the script runs in"))
        .help("remove it: a script runs in a transaction anyway; or write `run_in_transaction = false` into `metadata.toml`")
}

fn needs_no_transaction(statement: &str) -> Finding {
    Finding::error("needs-no-transaction", format!("`{statement}` cannot run in a transaction"))
        .help("write `run_in_transaction = false` into `metadata.toml`, and move other statements to another migration")
}

fn in_own_transaction(statement: &str) -> Finding {
    Finding::error(
        "needs-no-transaction",
        format!("`{statement}` cannot run in the transaction that the script begins before it"),
    )
    .help("end that transaction first, or do not begin it")
}
