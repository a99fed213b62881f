//! Findings as SARIF 2.1.0, which code hosts read (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>).

use std::collections::BTreeSet;

use schema_build::finding::{Finding, Note, Severity};
use serde_json::{Value, json};

use crate::check;

/// One log with one run.
pub(crate) fn log(findings: &[Finding]) -> Value {
    let ids: BTreeSet<&str> = findings.iter().map(|finding| finding.rule).collect();
    let about = |id: &str| check::known(id).map_or("", |rule| rule.about);
    let rules: Vec<Value> =
        ids.iter().map(|id| json!({ "id": id, "shortDescription": { "text": about(id) } })).collect();
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-schema",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let notes = finding.notes.iter().map(|note| match note {
        Note::Note(text) => format!("\nnote: {text}"),
        Note::Help(text) => format!("\nhelp: {text}"),
    });
    json!({
        "ruleId": finding.rule,
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": finding.message.clone() + &notes.collect::<String>() },
        "locations": finding.place.iter().map(location).collect::<Vec<_>>(),
    })
}

fn location(place: &schema_build::finding::Place) -> Value {
    let uri = place.path.to_string_lossy().replace('\\', "/");
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let Some(excerpt) = &place.excerpt {
        physical["region"] = json!({
            "startLine": excerpt.line,
            "startColumn": excerpt.column,
            "endColumn": excerpt.column + excerpt.width,
        });
    }
    json!({ "physicalLocation": physical })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_its_rule_its_level_and_its_place() {
        let finding = Finding::error("missing-parent", "gone").at("m/metadata.toml", "a\nbc\n", 2..4, "");
        let log = log(&[finding]);
        let result = &log["runs"][0]["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("missing-parent"), &json!("error")));
        assert_eq!(
            result["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "m/metadata.toml" },
                "region": { "startLine": 2, "startColumn": 1, "endColumn": 3 },
            })
        );
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"]["text"],
            "a parent does not exist"
        );
    }
}
