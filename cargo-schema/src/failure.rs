//! Why a verb could not do what it was asked: pictures for people, a stable code for machines, an exit code for
//! scripts. Every verb ends in an [`Exit`] or in one of these.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use schema_build::finding::{Finding, Note, Place};
use schema_runtime::target::TargetError;

use crate::exit::Exit;

/// What every verb returns.
pub(crate) type Outcome = Result<Exit, Failure>;

/// A verb that did not get to its end.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process exits with.
    pub(crate) exit: Exit,
    /// What is printed; at least one.
    pub(crate) findings: Vec<Finding>,
}

impl Failure {
    /// One clause, under a code that machines may rely on.
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self::of(exit, vec![Finding::error(code, message)])
    }

    /// Several pictures at once.
    pub(crate) fn of(exit: Exit, findings: Vec<Finding>) -> Self {
        Self { exit, findings }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// A file could not be read or written: `doing` is a clause such as "could not write".
    pub(crate) fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        let reason = reason(error);
        Self::new(Exit::Failed, "file", format!("{doing} `{}`: {reason}", path.display()))
    }

    /// Where it went wrong.
    pub(crate) fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.last().place = Some(Place { path: path.into(), excerpt: None });
        self
    }

    /// Whether this is what it is about.
    pub(crate) fn is(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }

    /// A fact that helps to understand it.
    pub(crate) fn note(mut self, text: impl Display) -> Self {
        self.last().notes.push(Note::Note(text.to_string()));
        self
    }

    /// What to do about it.
    pub(crate) fn help(mut self, text: impl Display) -> Self {
        self.last().notes.push(Note::Help(text.to_string()));
        self
    }

    fn last(&mut self) -> &mut Finding {
        self.findings.last_mut().expect("a failure has at least one finding")
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        let failure = Self::new(Exit::Usage, "target", error.to_string());
        let failure = error.candidates.iter().fold(failure, |failure, candidate| failure.note(candidate));
        match &error.help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

/// What the system said, without Rust's `(os error 2)`.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
