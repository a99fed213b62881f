//! One Rust file: its text, and what stands where in it. Knows nothing of what the text means.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use proc_macro2::Span;

use super::depth::looks_deep;
use crate::finding::{Excerpt, Finding, Place};

/// Rules that this room reports under.
pub(super) mod rules {
    pub(crate) const MISSING_MODULE: &str = "missing-module";
    pub(crate) const UNREADABLE: &str = "unreadable-model";
    pub(crate) const ATTRIBUTE: &str = "bad-model-attribute";
    pub(crate) const TYPE: &str = "unknown-model-type";
    pub(crate) const CONTRADICTION: &str = "contradictory-model";
}

/// A file that was read.
pub(super) struct Source {
    /// As it is shown.
    pub(super) path: PathBuf,
    /// As the compiler takes it: no byte order mark, and spaces for a `#!` line.
    pub(super) text: String,
    lines: Vec<usize>,
    /// Brackets or prefixes may be nested beyond reason.
    pub(super) is_suspicious: bool,
}

impl Source {
    /// Reads a file, shown relative to `root`.
    pub(super) fn read(root: &Path, path: &Path) -> Result<Rc<Self>, Box<Finding>> {
        let shown = path.strip_prefix(root).unwrap_or(path);
        let bytes = fs::read(path).map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", shown.display());
            Box::new(Finding::error(rules::UNREADABLE, message).in_file(shown))
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Rc::new(Self::new(shown, &text))),
            Err(error) => {
                let line =
                    error.as_bytes()[..error.utf8_error().valid_up_to()].split(|&b| b == b'\n').count();
                let message = format!("`{}` is not UTF-8", shown.display());
                let finding = Finding::error(rules::UNREADABLE, message).in_file(shown);
                Err(Box::new(finding.note(format!("the first byte that is not is on line {line}"))))
            }
        }
    }

    pub(super) fn new(shown: &Path, text: &str) -> Self {
        let text = without_shebang(text.strip_prefix('\u{feff}').unwrap_or(text));
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: shown.to_path_buf(), is_suspicious: looks_deep(&text), text, lines }
    }

    /// Where a span is.
    pub(super) fn place(&self, span: Span, label: impl Into<String>) -> Place {
        let (start, end) = (span.start(), span.end());
        let text = self.line(start.line);
        let length = text.chars().count();
        let stop = if end.line == start.line { end.column } else { length };
        let width = stop.min(length).saturating_sub(start.column).max(1);
        let end_column = if end.line == start.line { start.column + width } else { end.column };
        let excerpt = Excerpt {
            line: start.line,
            column: start.column + 1,
            width,
            end_line: end.line,
            end_column: end_column + 1,
            text: text.to_string(),
            label: label.into(),
        };
        Place { path: self.path.clone(), excerpt: Some(excerpt) }
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text.get(span.byte_range()).unwrap_or_default()
    }

    /// The number of the line, from one, that says exactly this; `None`: no line does.
    pub(super) fn line_that_says(&self, words: &str) -> Option<usize> {
        (1..=self.lines.len()).find(|&number| self.line(number) == words)
    }

    fn line(&self, number: usize) -> &str {
        let Some(&start) = self.lines.get(number.wrapping_sub(1)) else { return "" };
        let end = self.lines.get(number).map_or(self.text.len(), |next| next - 1);
        self.text[start..end].trim_end_matches('\r')
    }
}

/// What was found so far, in one file.
pub(super) struct Mistakes<'s> {
    pub(super) source: &'s Source,
    pub(super) findings: Vec<Finding>,
}

impl<'s> Mistakes<'s> {
    pub(super) fn new(source: &'s Source) -> Self {
        Self { source, findings: Vec::new() }
    }

    /// A finding at a span, without help.
    pub(super) fn add(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        self.push(Finding::error(rule, message).at_place(self.source.place(span, label)));
    }

    /// A finding at a span, with what to do about it.
    pub(super) fn advise(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Finding::error(rule, message).at_place(self.source.place(span, label)).help(help));
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(super) fn syntax(&mut self, rule: &'static str, message: &str, error: &syn::Error) {
        for error in error.clone() {
            let label = error.to_string().replace('\n', " ");
            self.add(rule, error.span(), message, label);
        }
    }
}

/// A script's first line is no Rust; its place is kept, so that columns stay right.
fn without_shebang(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("#!") && !first[2..].trim_start().starts_with('[') {
        return " ".repeat(first.len()) + &text[first.len()..];
    }
    text.to_string()
}
