//! Findings: what checks say, as data. How they are drawn lives in `picture`; the build script prints the picture
//! as directives, the command in colour, so that the words are the same everywhere.

use std::ops::Range;
use std::path::PathBuf;

mod picture;

pub use picture::{Heading, Line, Span, Style, printable};

/// One result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id in kebab case, as in configuration: `missing-parent`.
    pub rule: &'static str,
    /// Whether it stops things.
    pub severity: Severity,
    /// One clause that stands alone, names in back-ticks, no full stop.
    pub message: String,
    /// Where; `None` when it is about no file.
    pub place: Option<Place>,
    /// Facts that help to understand it, then what to do about it.
    pub notes: Vec<Note>,
    /// A change of the file that is certain to mend it.
    pub fix: Option<Fix>,
}

/// Bytes of a file that go, and what comes in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where they are.
    pub bytes: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Shown, and nothing stops.
    Warning,
    /// Fails the build and the check, and stops everything that runs.
    Error,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file or folder, as it is shown: relative to the package where it can be.
    pub path: PathBuf,
    /// The text in question; `None` when it is about the file as a whole.
    pub excerpt: Option<Excerpt>,
}

/// One line of a file, with a part of it underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// From one.
    pub line: usize,
    /// From one, in characters.
    pub column: usize,
    /// How many characters are underlined; at least one.
    pub width: usize,
    /// The line on which it ends, which may be a later one.
    pub end_line: usize,
    /// Behind its last character, on that line.
    pub end_column: usize,
    /// The line itself, without its line ending.
    pub text: String,
    /// What is said beside the underline; may be empty.
    pub label: String,
}

/// A line under a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// `= note:`
    Note(String),
    /// `= help:`
    Help(String),
}

impl Severity {
    /// The word that heads a finding.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// Something that must be mended.
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { rule, severity: Severity::Error, message, place: None, notes: Vec::new(), fix: None }
    }

    /// Something that people should look at.
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, message) }
    }

    /// About this file or folder as a whole.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.place = Some(Place { path: path.into(), excerpt: None });
        self
    }

    /// About these bytes of a file's text.
    #[must_use]
    pub fn at(
        self,
        path: impl Into<PathBuf>,
        text: &str,
        bytes: Range<usize>,
        label: impl Into<String>,
    ) -> Self {
        self.at_place(Place { path: path.into(), excerpt: Some(Excerpt::at(text, bytes, label)) })
    }

    /// At a place that is known already.
    #[must_use]
    pub fn at_place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With a fact that helps to understand it.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Note(text.into()));
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note::Help(text.into()));
        self
    }

    /// Whether it stops things.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Most severe first, then by file and line; what is about one place keeps its order.
    pub fn sort(findings: &mut [Self]) {
        findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.position().cmp(&b.position())));
    }

    fn position(&self) -> Option<(&PathBuf, usize, usize)> {
        let place = self.place.as_ref()?;
        let (line, column) = place.excerpt.as_ref().map_or((0, 0), |excerpt| (excerpt.line, excerpt.column));
        Some((&place.path, line, column))
    }
}

impl Excerpt {
    /// The line of `text` on which `bytes` begin, with as much of them underlined as that line holds. A range
    /// that is out of bounds, or cuts a character, is moved to the nearest one that does not.
    pub fn at(text: &str, bytes: Range<usize>, label: impl Into<String>) -> Self {
        let before = text[..floor_char(text, bytes.start)].matches('\n').count();
        Self::in_line(before + 1, text, bytes, label)
    }

    /// The same, where it is known in which line the bytes begin: who shows much of a long text counts lines but once.
    #[must_use]
    pub fn in_line(line_number: usize, text: &str, bytes: Range<usize>, label: impl Into<String>) -> Self {
        let start = floor_char(text, bytes.start);
        let end = floor_char(text, bytes.end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let start = start.min(line_start + line.len());
        let column = text[line_start..start].chars().count() + 1;
        let (end_line, end_column) = end_of(text, start, end.max(start), (line_number, column));
        let end = end.clamp(start, line_start + line.len());
        Self {
            line: line_number,
            column,
            width: text[start..end].chars().count().max(1),
            end_line,
            end_column,
            text: line.to_string(),
            label: label.into(),
        }
    }
}

/// Behind the last character of a part of a text that begins at `from`; white space at its end does not count.
fn end_of(text: &str, start: usize, end: usize, from: (usize, usize)) -> (usize, usize) {
    let part = text[start..end].trim_end();
    match part.rfind('\n') {
        Some(newline) => (from.0 + part.matches('\n').count(), part[newline + 1..].chars().count() + 1),
        None => (from.0, from.1 + part.chars().count().max(1)),
    }
}

fn floor_char(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_line_on_which_the_bytes_begin() {
        let excerpt = Excerpt::at("one\r\ntwo three\r\nfour", 9..14, "here");
        assert_eq!((excerpt.line, excerpt.column, excerpt.width), (2, 5, 5));
        assert_eq!((excerpt.text.as_str(), excerpt.label.as_str()), ("two three", "here"));
    }

    #[test]
    fn an_excerpt_never_leaves_its_line_and_says_where_it_ends() {
        let excerpt = Excerpt::at("one\ntwo", 2..7, "");
        assert_eq!((excerpt.line, excerpt.column, excerpt.width), (1, 3, 1));
        assert_eq!((excerpt.end_line, excerpt.end_column), (2, 4));
        let excerpt = Excerpt::at("one\ntwo\n", 1..4, "");
        assert_eq!((excerpt.end_line, excerpt.end_column), (1, 4));
    }

    #[test]
    fn an_excerpt_at_the_end_or_beyond_is_one_wide() {
        for bytes in [3..3, 3..9, 90..99] {
            let excerpt = Excerpt::at("one", bytes, "");
            assert_eq!((excerpt.line, excerpt.column, excerpt.width), (1, 4, 1));
        }
        assert_eq!(Excerpt::at("", 0..0, "").text, "");
    }

    #[test]
    fn an_excerpt_in_the_middle_of_a_character_takes_all_of_it() {
        let excerpt = Excerpt::at("äöü", 3..5, "");
        assert_eq!((excerpt.column, excerpt.width), (2, 1));
    }

    #[test]
    fn errors_come_first_and_then_files_in_order() {
        let mut findings = [
            Finding::warning("c", "").in_file("a"),
            Finding::error("b", "").at("b", "x\ny", 2..3, ""),
            Finding::error("a", "").at("b", "x\ny", 0..1, ""),
        ];
        Finding::sort(&mut findings);
        assert_eq!(findings.map(|finding| finding.rule), ["a", "b", "c"]);
    }
}
