//! Findings as JUnit's XML, which every CI system draws: one suite per run, one failed case per finding, and one
//! that passes where there is none.

use schema_build::finding::{Finding, Note, Severity};

use super::verdict::{Unjudged, Verdict};

/// One document.
pub(crate) fn document(verdicts: &[Verdict]) -> String {
    let findings: Vec<&Finding> = verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    let unjudged: Vec<&Unjudged> = verdicts.iter().flat_map(|verdict| &verdict.unjudged).collect();
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let cases: String = findings.iter().map(|finding| case(finding)).collect();
    let left: String = unjudged.iter().map(|it| left_out(it)).collect();
    let passed = if findings.is_empty() {
        "    <testcase classname=\"schema\" name=\"nothing is wrong\"/>\n"
    } else {
        ""
    };
    let tests = findings.len().max(1) + unjudged.len();
    let skipped = findings.len() - errors + unjudged.len();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  \
         <testsuite name=\"cargo schema check\" tests=\"{tests}\" failures=\"{errors}\" errors=\"0\" skipped=\"{skipped}\">\n\
         {cases}{passed}{left}  </testsuite>\n</testsuites>",
    )
}

/// What was not looked at.
fn left_out(unjudged: &Unjudged) -> String {
    format!(
        "    <testcase classname=\"unjudged\" name=\"{}\">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
        unjudged.family.name(),
        escaped(&unjudged.why)
    )
}

/// A warning fails nothing, so it is a case that was skipped and says why.
fn case(finding: &Finding) -> String {
    let place = place(finding);
    let element = match finding.severity {
        Severity::Error => "failure",
        Severity::Warning => "skipped",
    };
    let notes = finding.notes.iter().map(|note| match note {
        Note::Note(text) => format!("\nnote: {text}"),
        Note::Help(text) => format!("\nhelp: {text}"),
    });
    format!(
        "    <testcase classname=\"{}\" name=\"{}\">\n      <{element} message=\"{}\">{}</{element}>\n    </testcase>\n",
        escaped(finding.rule),
        escaped(&place),
        escaped(&finding.message),
        escaped(&format!("{place}{}", notes.collect::<String>())),
    )
}

fn place(finding: &Finding) -> String {
    let Some(place) = &finding.place else { return "schema".to_owned() };
    let path = place.path.to_string_lossy().replace('\\', "/");
    match &place.excerpt {
        Some(excerpt) => format!("{path}:{}:{}", excerpt.line, excerpt.column),
        None => path,
    }
}

/// XML has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            control if control < ' ' && control != '\t' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_fails_a_case_and_a_warning_does_not() {
        let error = Finding::error("drop-table", "`a<b>` & \"c\"").at("shop/m/up.sql", "x\nDROP\n", 2..6, "");
        let text = document(&[Verdict::of(1, vec![error, Finding::warning("unused-allow", "line\none")])]);
        assert!(text.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{text}");
        assert!(text.contains("<testcase classname=\"drop-table\" name=\"shop/m/up.sql:2:1\">"), "{text}");
        assert!(text.contains("<failure message=\"`a&lt;b&gt;` &amp; &quot;c&quot;\">"), "{text}");
        assert!(text.contains("<skipped message=\"line&#10;one\">schema</skipped>"), "{text}");
    }

    #[test]
    fn nothing_wrong_is_a_case_that_passes() {
        let text = document(&[Verdict::of(0, Vec::new())]);
        assert!(
            text.contains("tests=\"1\" failures=\"0\"") && text.contains("name=\"nothing is wrong\"/>"),
            "{text}"
        );
    }
}
