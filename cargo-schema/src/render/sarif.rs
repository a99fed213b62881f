//! Findings as SARIF 2.1.0, which code hosts read (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>).

use std::collections::BTreeSet;

use schema_build::finding::{Finding, Fix, Note, Place, Severity};
use serde_json::{Value, json};

use super::verdict::Verdict;
use crate::check;
use crate::exit::Exit;

/// One log with one run.
pub(crate) fn log(verdicts: &[Verdict]) -> Value {
    let findings = || verdicts.iter().flat_map(|verdict| &verdict.findings);
    let ids: BTreeSet<&str> = findings().map(|finding| finding.rule).collect();
    let unjudged = verdicts.iter().flat_map(|verdict| &verdict.unjudged);
    let notifications: Vec<Value> = unjudged
        .map(|it| json!({ "level": "note", "message": { "text": format!("{}: {}", it.family.name(), it.why) } }))
        .collect();
    let is_complete = verdicts.iter().all(|verdict| verdict.failed == Exit::Done);
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-schema",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": ids.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            } },
            "invocations": [{ "executionSuccessful": is_complete, "toolExecutionNotifications": notifications }],
            // Columns are counted in characters, as people see them.
            "columnKind": "unicodeCodePoints",
            "results": findings().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn rule(id: &str) -> Value {
    let mut rule = json!({ "id": id });
    if let Some(known) = check::known(id) {
        rule["shortDescription"] = json!({ "text": known.about });
        rule["help"] = json!({ "text": format!("cargo schema explain {id}") });
        rule["properties"] = json!({ "tags": [known.family.name()] });
    }
    rule
}

fn result(finding: &Finding) -> Value {
    let notes = finding.notes.iter().map(|note| match note {
        Note::Note(text) => format!("\nnote: {text}"),
        Note::Help(text) => format!("\nhelp: {text}"),
    });
    let mut result = json!({
        "ruleId": finding.rule,
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": finding.message.clone() + &notes.collect::<String>() },
        "locations": finding.place.iter().map(location).collect::<Vec<_>>(),
    });
    if let (Some(change), Some(place)) = (&finding.fix, &finding.place) {
        result["fixes"] = json!([fix(change, place)]);
    }
    result
}

/// What `check --fix` would do.
fn fix(fix: &Fix, place: &Place) -> Value {
    json!({ "artifactChanges": [{
        "artifactLocation": { "uri": uri(&place.path.to_string_lossy()) },
        "replacements": [{
            "deletedRegion": { "byteOffset": fix.bytes.start, "byteLength": fix.bytes.len() },
            "insertedContent": { "text": fix.text },
        }],
    }] })
}

fn location(place: &Place) -> Value {
    let uri = uri(&place.path.to_string_lossy());
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let Some(excerpt) = &place.excerpt {
        physical["region"] = json!({
            "startLine": excerpt.line,
            "startColumn": excerpt.column,
            "endLine": excerpt.end_line,
            "endColumn": excerpt.end_column,
        });
    }
    json!({ "physicalLocation": physical })
}

/// A path as a reference of a URI: names of folders may hold anything.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let path = path.replace('\\', "/");
    let bytes = path.bytes().map(|byte| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_its_rule_its_level_and_its_place() {
        let finding =
            Finding::error("missing-parent", "gone").at("shop/m ü/metadata.toml", "a\nbc\n", 2..4, "");
        let log = log(&[Verdict::of(1, vec![finding])]);
        let result = &log["runs"][0]["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("missing-parent"), &json!("error")));
        assert_eq!(
            result["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "shop/m%20%C3%BC/metadata.toml" },
                "region": { "startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 3 },
            })
        );
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"]["text"],
            "a parent does not exist"
        );
    }
}
