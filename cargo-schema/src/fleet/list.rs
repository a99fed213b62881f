//! A file of URLs: one on each line; empty lines and lines that begin with `#` are for people. Whatever is wrong with
//! it is said at once, with its line, before anything is opened.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use schema_build::finding::{Excerpt, Finding, Note, Place};
use schema_runtime::dialect::Dialect;

use super::Tenant;
use crate::database::secret::masked;
use crate::database::url;
use crate::exit::Exit;
use crate::failure::Failure;

/// Stands for standard input.
const STDIN: &str = "-";

/// The databases of a file, and the engine that they all have; `dialect` is what the configuration says of it.
pub(crate) fn read(path: &Path, dialect: Option<Dialect>) -> Result<(Vec<Tenant>, Dialect), Failure> {
    let text = text(path)?;
    let shown = if path == STDIN { Path::new("<stdin>") } else { path };
    let mut reader = Reader { path: shown, dialect, lines: HashMap::new(), findings: Vec::new() };
    let tenants: Vec<Tenant> =
        lines(&text).filter_map(|(number, line)| reader.tenant(number, line)).collect();
    match (reader.dialect, reader.findings.is_empty()) {
        (_, false) => Err(Failure::of(Exit::Usage, reader.findings)),
        (Some(dialect), true) if !tenants.is_empty() => Ok((tenants, dialect)),
        (_, true) => Err(Failure::usage(format!("`{}` names no database", shown.display()))
            .help("write one URL on each line")),
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    let text = match path == STDIN {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        false => std::fs::read_to_string(path),
    };
    text.map_err(|error| Failure { exit: Exit::Usage, ..Failure::file("could not read", path, &error) })
}

/// What is meant for us, with its number from one.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let trimmed = text.lines().map(str::trim).enumerate().map(|(index, line)| (index + 1, line));
    trimmed.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

struct Reader<'f> {
    path: &'f Path,
    dialect: Option<Dialect>,
    /// Where each database was first named.
    lines: HashMap<String, usize>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn tenant(&mut self, number: usize, line: &str) -> Option<Tenant> {
        let url = match url::parse(line, Path::new("")) {
            Ok(url) => url,
            Err(failure) => {
                self.findings.extend(
                    failure
                        .findings
                        .into_iter()
                        .map(|finding| Finding { place: Some(place(self.path, number, line)), ..finding }),
                );
                return None;
            }
        };
        let dialect = *self.dialect.get_or_insert(url.dialect);
        if dialect != url.dialect {
            self.refuse(
                number,
                line,
                "dialect",
                format!("this is a {} database, not {dialect}", url.dialect),
            );
            return None;
        }
        if let Some(first) = self.lines.insert(url.shown.clone(), number) {
            self.lines.insert(url.shown.clone(), first);
            self.refuse(
                number,
                line,
                "repeated-database",
                format!("line {first} names this database already"),
            );
            return None;
        }
        Some(Tenant { name: url.shown.clone(), url, schema: None })
    }

    fn refuse(&mut self, number: usize, line: &str, rule: &'static str, message: String) {
        let mut finding = Finding::error(rule, message);
        finding.place = Some(place(self.path, number, line));
        if rule == "dialect" {
            finding.notes.push(Note::Help("one history is written for one engine".to_owned()));
        }
        self.findings.push(finding);
    }
}

fn place(path: &Path, number: usize, line: &str) -> Place {
    let text = masked(line);
    let width = text.chars().count().max(1);
    Place {
        path: path.to_path_buf(),
        excerpt: Some(Excerpt {
            line: number,
            column: 1,
            width,
            end_line: number,
            end_column: 1 + width,
            text,
            label: String::new(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn comments_blank_lines_and_a_mark_at_the_start_are_passed_over() {
        let text = "\u{feff}# tenants\r\n\r\n  a.db \r\n\t# b.db\r\nc#d.db";
        assert_eq!(lines(text).collect::<Vec<_>>(), [(3, "a.db"), (5, "c#d.db")]);
    }
}
