//! Findings for people.

use anstyle::{AnsiColor, Effects, Style};
use schema_build::finding::{Excerpt, Finding, Note, Severity};

const BLUE: Style = AnsiColor::BrightBlue.on_default().effects(Effects::BOLD);
const BOLD: Style = Style::new().bold();

/// A finding as rustc draws its own, without the last line ending.
pub(crate) fn finding(finding: &Finding) -> String {
    let (style, word) = match finding.severity {
        Severity::Warning => (AnsiColor::Yellow.on_default().bold(), "warning"),
        Severity::Error => (AnsiColor::Red.on_default().bold(), "error"),
    };
    let mut lines = vec![format!("{style}{word}{style:#}{BOLD}: {}{BOLD:#}", finding.message)];
    let excerpt = finding.place.as_ref().and_then(|place| place.excerpt.as_ref());
    if let Some(place) = &finding.place {
        let position = excerpt.map_or(String::new(), |e| format!(":{}:{}", e.line, e.column));
        lines.push(format!("  {BLUE}-->{BLUE:#} {}{position}", place.path.display()));
    }
    lines.extend(excerpt.into_iter().flat_map(|excerpt| draw(excerpt, style)));
    lines.extend(finding.notes.iter().map(|note| match note {
        Note::Note(text) => format!("   {BLUE}={BLUE:#} {BOLD}note{BOLD:#}: {text}"),
        Note::Help(text) => format!("   {BLUE}={BLUE:#} {BOLD}help{BOLD:#}: {text}"),
    }));
    lines.join("\n")
}

fn draw(excerpt: &Excerpt, style: Style) -> [String; 4] {
    let bar = format!("   {BLUE}|{BLUE:#}");
    let under = format!("{}{}", " ".repeat(excerpt.column - 1), "^".repeat(excerpt.width));
    [
        bar.clone(),
        format!("{BLUE}{:>2} |{BLUE:#} {}", excerpt.line, excerpt.text),
        format!("{bar} {style}{under} {}{style:#}", excerpt.label),
        bar,
    ]
}
