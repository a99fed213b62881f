//! Everything that is printed, in Cargo's manners: a right-aligned verb on stderr for people, data on stdout for
//! machines. Nothing else in the command prints.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Effects, Style};
use schema_build::finding::{Finding, Heading};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::human;

/// Status verbs.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
/// Hints about what comes next, and waiting.
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
/// Warnings, pending revisions, ids.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// Things of lesser weight.
pub(crate) const DIM: Style = Style::new().dimmed();

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors alone.
    Quiet,
    /// What Cargo would say.
    Normal,
    /// More.
    Verbose,
}

/// Where output goes.
#[derive(Debug)]
pub(crate) struct Shell {
    verbosity: Verbosity,
    has_colors: bool,
    // Data is written in one piece at the end: five thousand lines cost one system call, and a pipe that closed
    // early cannot stop a run half-way.
    data: Mutex<String>,
}

impl Shell {
    /// Sets the colours of the whole process.
    pub(crate) fn new(verbosity: Verbosity, color: Color) -> Self {
        let choice = match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let has_colors = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        Self { verbosity, has_colors, data: Mutex::default() }
    }

    /// One that says nothing but errors: for what goes on behind a progress bar.
    pub(crate) fn muted(&self) -> Self {
        Self { verbosity: Verbosity::Quiet, has_colors: self.has_colors, data: Mutex::default() }
    }

    /// Whether there is a terminal on which something may move.
    pub(crate) fn can_move(&self) -> bool {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        self.verbosity > Verbosity::Quiet && io::stderr().is_terminal() && !is_dumb
    }

    /// Whether more was asked for.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    /// `     Applied 4f1c2a9b7d03 in 18 ms`: something was done, or is so.
    pub(crate) fn status(&self, verb: &str, text: impl Display) {
        self.line(GREEN, verb, text);
    }

    /// Like [`Shell::status`], for what a person may do next or has to wait for.
    pub(crate) fn hint(&self, verb: &str, text: impl Display) {
        self.line(CYAN, verb, text);
    }

    /// Like [`Shell::status`], for what deserves attention without being a finding.
    pub(crate) fn attention(&self, verb: &str, text: impl Display) {
        self.line(YELLOW.bold(), verb, text);
    }

    /// Shown with `-v` alone.
    pub(crate) fn verbose(&self, verb: &str, text: impl Display) {
        if self.is_verbose() {
            self.status(verb, text);
        }
    }

    fn line(&self, style: Style, verb: &str, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            let style = if self.has_colors { style } else { Style::new() };
            self.error_line(format_args!("{style}{verb:>12}{style:#} {text}"));
        }
    }

    /// Draws findings; with `-q` the errors alone.
    pub(crate) fn findings(&self, findings: &[Finding]) {
        self.draw(findings, Heading::Severity);
    }

    /// Draws findings with the names of their rules, which people may look up or configure.
    pub(crate) fn rules(&self, findings: &[Finding]) {
        self.draw(findings, Heading::Rule);
    }

    /// Draws one finding.
    pub(crate) fn finding(&self, finding: &Finding) {
        self.findings(std::slice::from_ref(finding));
    }

    fn draw(&self, findings: &[Finding], heading: Heading) {
        let is_shown = |finding: &&Finding| self.verbosity > Verbosity::Quiet || finding.is_error();
        for finding in findings.iter().filter(is_shown) {
            self.error_line(human::finding(finding, heading));
        }
    }

    /// Asks a person, who says yes, or it does not happen. Without a terminal there is nobody to ask.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Failure> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::usage(format!("nobody can be asked: {question}"))
                .note("nothing was changed")
                .help("pass `--yes` if that is what you want"));
        }
        let mut stderr = anstream::stderr().lock();
        let _ =
            write!(stderr, "{CYAN}{:>12}{CYAN:#} {question} [y/N] ", "Confirm").and_then(|()| stderr.flush());
        let mut answer = String::new();
        // What cannot be read is not a yes.
        let _ = io::stdin().read_line(&mut answer);
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(Exit::No, "declined", "nothing was changed")),
        }
    }

    /// Whether somebody sits at a terminal.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a person to choose; `None` when nothing was chosen.
    pub(crate) fn choose(&self, question: &str, choices: &[&str]) -> Option<usize> {
        let mut stderr = anstream::stderr().lock();
        let _ = writeln!(stderr, "{CYAN}?{CYAN:#} {question}");
        for (position, choice) in choices.iter().enumerate() {
            let _ = writeln!(stderr, "  {CYAN}{}{CYAN:#} {choice}", position + 1);
        }
        loop {
            let _ = write!(stderr, "{CYAN}>{CYAN:#} ").and_then(|()| stderr.flush());
            let mut answer = String::new();
            if io::stdin().read_line(&mut answer).is_ok_and(|bytes| bytes > 0) {
                match answer.trim().parse::<usize>() {
                    Ok(number) if (1..=choices.len()).contains(&number) => return Some(number - 1),
                    _ => continue,
                }
            }
            return None;
        }
    }

    /// A line for people, whatever the verbosity is.
    pub(crate) fn error_line(&self, text: impl Display) {
        let text = format!("{text}\n");
        // In one piece: a run of a thousand revisions says two thousand lines. A closed stderr must not stop a run
        // that changes a database.
        let _ = if self.has_colors {
            write(anstream::stderr().lock(), &text)
        } else if text.contains(|c: char| c.is_control() && c != '\n') {
            write(io::stderr().lock(), &anstream::adapter::strip_str(&text).to_string())
        } else {
            write(io::stderr().lock(), &text)
        };
    }

    /// A line of data.
    pub(crate) fn data(&self, line: impl Display) {
        self.raw(&format!("{line}\n"));
    }

    /// Data as it is.
    pub(crate) fn raw(&self, text: &str) {
        self.data.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    /// Writes the data. A reader that went away (`| head`) has read what it wanted.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let data = std::mem::take(&mut *self.data.lock().unwrap_or_else(PoisonError::into_inner));
        // Looking for colours to strip costs more than writing, and mostly there are none.
        let written = if data.contains('\u{1b}') {
            write(anstream::stdout().lock(), &data)
        } else {
            write(io::stdout().lock(), &data)
        };
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }
}

fn write(mut stdout: impl Write, data: &str) -> io::Result<()> {
    stdout.write_all(data.as_bytes()).and_then(|()| stdout.flush())
}
