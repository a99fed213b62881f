//! The documents that `--format json` prints: one object per verb and package, with `"version": 1`,
//! `"command"` and keys that only ever get company. Times are RFC 3339 in UTC, durations milliseconds.

use schema_build::finding::{Finding, Note, Severity};
use serde_json::{Map, Value, json};

use crate::exit::Exit;

/// The version of all documents.
pub(crate) const VERSION: u32 = 1;

/// What a verb has to say.
pub(crate) fn document(command: &str, package: Option<&str>, body: Value) -> Value {
    let mut object = Map::new();
    object.insert("version".to_owned(), VERSION.into());
    object.insert("command".to_owned(), command.into());
    object.insert("package".to_owned(), package.into());
    if let Value::Object(body) = body {
        object.extend(body);
    }
    Value::Object(object)
}

/// Why a verb did not get to its end.
pub(crate) fn error(exit: Exit, findings: &[Finding]) -> Value {
    let first = findings.first();
    json!({
        "version": VERSION,
        "error": {
            "code": first.map(|finding| finding.rule),
            "exit_code": exit.code(),
            "message": first.map(|finding| finding.message.as_str()),
            "findings": findings.iter().map(finding).collect::<Vec<_>>(),
        },
    })
}

/// A finding as data.
pub(crate) fn finding(finding: &Finding) -> Value {
    let place = finding.place.as_ref();
    let excerpt = place.and_then(|place| place.excerpt.as_ref());
    json!({
        "rule": finding.rule,
        "severity": match finding.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        "message": finding.message,
        "file": place.map(|place| place.path.to_string_lossy()),
        "line": excerpt.map(|excerpt| excerpt.line),
        "column": excerpt.map(|excerpt| excerpt.column),
        "end_column": excerpt.map(|excerpt| excerpt.column + excerpt.width),
        "notes": texts(finding, |note| match note { Note::Note(text) => Some(text), Note::Help(_) => None }),
        "help": texts(finding, |note| match note { Note::Help(text) => Some(text), Note::Note(_) => None }),
    })
}

fn texts(finding: &Finding, pick: fn(&Note) -> Option<&String>) -> Vec<&String> {
    finding.notes.iter().filter_map(pick).collect()
}
