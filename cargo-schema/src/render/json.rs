//! The documents that `--format json` prints: one object on one line per verb and package, with `"version": 1`,
//! `"command"`, `"package"` and keys that only ever get company. Times are RFC 3339 in UTC, durations milliseconds,
//! what is not known is null. A *revision* below is `{revision, message, version, folder}` and what stands beside it.
//!
//! | command | keys |
//! |---|---|
//! | `status` | `database`, `dialect`, `database_exists`, `revisions` (a number), `heads`, `at`, `pending` (revisions), `edited`, `unknown`, `interrupted`, `newer_ledger` |
//! | `list` | `database`, `revisions` (`state`, `applied_at`, `elapsed_ms`, `actor`, `tool`, `is_stamped`), `unknown`, `at`, `pending` (a number) |
//! | `upgrade`, `revert`, `stamp` | `database`, `direction`, `dry_run`, `revisions` (`elapsed_ms`; of several in one message an equal share), `unmarked` (ids, of a stamp), `now_at`, `is_at_heads`, `elapsed_ms`, of a dry run `locks` |
//! | the same and `list` on many databases | `databases` (`database`, `schema`, `error`; of `list` `at`, `applied`, `pending`, `unknown`, `edited`, `interrupted`; of a run `outcome`, `revisions` (ids), `now_at`, `elapsed_ms`), of a run `direction`, `dry_run`, `jobs`, `done`, `nothing_to_do`, `failed`, `interrupted`, `not_started`, `stopped_by`, `exit_code`, `elapsed_ms` |
//! | `reset` | `down` and `up`, each like `upgrade` |
//! | `current` | `database`, `at` (revisions), `heads`, `is_at_heads`, `pending` (a number), `unknown` |
//! | `heads` | `heads` (revisions) |
//! | `branches` | `forks` (revisions with `children`), `labels` (revisions with `label`) |
//! | `history` | `at`, `revisions` (`parents`, `depends_on`, `labels`, `created`, `irreversible`, `is_head`, `is_applied`) |
//! | `show` | `revisions` (as `history`, with `children`, `up` and `down`: `text`, `checksum`, `statements`) |
//! | `sql` | `direction`, `revisions`, `sql` |
//! | `diff` | `from` and `to` (`name`, `kind`), `is_equal`, `differences` (`change`, `what`), `reworded`, `perhaps_renamed` (`from`, `to`), `kept`, `sql` |
//! | `resolve` | `revisions` (the one), `now_at` |
//! | `init` | `dialect`, `written` (files), `adopted` (`revisions` and `heads`, numbers), `from_database` (`revision`, `folder`, `modelled`, `left_out`), `add_by_hand` (`file`, `line`), `findings` |
//! | `generate`, `merge` | `revision`, `diesel_version`, `message`, `parents`, `depends_on`, `labels`, `created`, `folder`, `files`, `written`; from models `detected`, `kept` and `proven`; of `generate` `then` (further revisions that it wrote, each behind the one before), of a merge `shared_tables` |
//! | `rebase` | `onto`, `moved` (`revision`, `parents`, `from`, `to`), `applied_before` |
//! | `squash` | `revision`, `removed`, `is_rewritten`, `is_revertible`, `files`, `written` |
//! | `graph` | `boxes` (`name`, `lines`), `arrows` (`from`, `to`, `label`, `is_dependency`) |
//! | `lock` | `added`, `accepted`, `removed`, `current`, `written` |
//! | `check` | `revisions`, `tables` (numbers), `errors`, `warnings`, `findings` (with `family`), `unjudged` (`family`, `why`), `databases` (as `list` on many, with `findings`), `locks`, `exit_code`; `findings.schema.json` describes it |
//! | `explain` | `rules` (`rule`, `family`, `engine`, `about`, `why`, `instead`, `examples` (`before`, `sql`, `run_in_transaction`, `claim`, `of`), `build`, `check`, `configurable`) |
//! | `unlock` | `database`, `is_held` |
//! | `dump`, `restore` | `database`, `file`, `bytes` |
//!
//! What went wrong is `{"version": 1, "command", "error": {code, exit_code, message, findings}}`; the command is null
//! where the command line was not understood.

use std::time::Duration;

use schema_build::finding::{Finding, Note, Severity};
use schema_runtime::history::{History, Node};
use schema_runtime::plan::Direction;
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// The version of all documents.
pub(crate) const VERSION: u32 = 1;

/// What a verb has to say.
pub(crate) fn document(command: &str, package: Option<&str>, body: Value) -> Value {
    let mut object = Map::new();
    object.insert("version".to_owned(), VERSION.into());
    object.insert("command".to_owned(), command.into());
    object.insert("package".to_owned(), package.into());
    if let Value::Object(body) = body {
        debug_assert!(
            body.keys().all(|key| !object.contains_key(key)),
            "`{command}` hides the document's own keys"
        );
        object.extend(body);
    }
    Value::Object(object)
}

/// The document of a verb that did not get to its end.
pub(crate) fn failed(command: Option<&str>, failure: &Failure) -> Value {
    json!({ "version": VERSION, "command": command, "error": error(failure) })
}

/// Why something did not get to its end.
pub(crate) fn error(failure: &Failure) -> Value {
    let first = failure.findings.first();
    json!({
        "code": first.map(|finding| finding.rule),
        "exit_code": failure.exit.code(),
        "message": first.map(|finding| finding.message.as_str()),
        "findings": failure.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// How a revision is named in documents.
pub(crate) fn named(history: &History, node: Node) -> Value {
    let revision = history.revision(node);
    json!({
        "revision": revision.id,
        "message": revision.message,
        "version": revision.version,
        "folder": revision.folder,
    })
}

/// A direction in documents.
pub(crate) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

/// A duration in documents.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1_000.0
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
        "end_line": excerpt.map(|excerpt| excerpt.end_line),
        "end_column": excerpt.map(|excerpt| excerpt.end_column),
        "notes": texts(finding, |note| match note { Note::Note(text) => Some(text), Note::Help(_) => None }),
        "help": texts(finding, |note| match note { Note::Help(text) => Some(text), Note::Note(_) => None }),
        "fix": finding.fix.as_ref().map(|fix| json!({
            "start": fix.bytes.start,
            "end": fix.bytes.end,
            "text": fix.text,
        })),
    })
}

fn texts(finding: &Finding, pick: fn(&Note) -> Option<&String>) -> Vec<&String> {
    finding.notes.iter().filter_map(pick).collect()
}
