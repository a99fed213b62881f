//! Findings as annotations of a GitHub workflow: one command per line on standard output
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use schema_build::finding::{Finding, Note, Severity};

/// One annotation.
pub(crate) fn annotation(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(place) = &finding.place {
        properties.push(format!("file={}", property(&place.path.to_string_lossy().replace('\\', "/"))));
        if let Some(excerpt) = &place.excerpt {
            properties.push(format!("line={}", excerpt.line));
            properties.push(format!("endLine={}", excerpt.end_line));
            // Columns are for what lies on one line.
            if excerpt.line == excerpt.end_line {
                properties.push(format!("col={}", excerpt.column));
                properties.push(format!("endColumn={}", excerpt.end_column));
            }
        }
    }
    properties.push(format!("title={}", property(finding.rule)));
    format!("::{command} {}::{}", properties.join(","), data(&text(finding)))
}

/// Something that is about no finding.
pub(crate) fn notice(title: &str, text: &str) -> String {
    format!("::notice title={}::{}", property(title), data(text))
}

fn text(finding: &Finding) -> String {
    let notes = finding.notes.iter().map(|note| match note {
        Note::Note(text) => format!("\nnote: {text}"),
        Note::Help(text) => format!("\nhelp: {text}"),
    });
    finding.message.clone() + &notes.collect::<String>()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_cannot_hold_is_escaped() {
        let finding = Finding::error("missing-parent", "50% of `a`\nis gone")
            .at("shop/m/a,b/metadata.toml", "x\nparents = 1\n", 2..9, "")
            .help("look");
        assert_eq!(
            annotation(&finding),
            "::error file=shop/m/a%2Cb/metadata.toml,line=2,endLine=2,col=1,endColumn=8,title=missing-parent::50%25 of `a`%0Ais gone%0Ahelp: look"
        );
    }

    #[test]
    fn a_finding_about_no_file_has_no_place() {
        assert_eq!(annotation(&Finding::warning("x", "y")), "::warning title=x::y");
    }
}
