//! Findings: what checks say, as data, and the one way they are drawn, which is rustc's. The build script prints
//! them as directives, the command with colours; the words and the picture are the same.

use std::path::PathBuf;

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
