//! TOML files, read value by value, with a finding at every value that is not what it should be. Knows nothing of
//! what the keys mean: that is said by `config`, `lockfile` and `migrations::metadata`.

use std::ops::Range;
use std::path::PathBuf;

use schema_runtime::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::Finding;

/// A value and where it stands in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file's text.
    pub bytes: Range<usize>,
}

/// A file that is being read, and what was found so far.
pub(crate) struct Document<'t> {
    path: PathBuf,
    text: &'t str,
    rule: &'static str,
    pub(crate) findings: Vec<Finding>,
}

const LIST: &str = "a list of strings";

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

impl<'t> Document<'t> {
    /// `path` as it is shown; `rule` for what is not TOML, or of the wrong type.
    pub(crate) fn new(path: impl Into<PathBuf>, text: &'t str, rule: &'static str) -> Self {
        Self { path: path.into(), text, rule, findings: Vec::new() }
    }

    /// The file's table: what could be read of it, when it is not valid.
    pub(crate) fn table(&mut self) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        // Later errors are mostly consequences of the first.
        if let Some(error) = errors.first() {
            let message = format!("`{}` is not valid TOML", self.name());
            let bytes = error.span().unwrap_or(0..0);
            self.report(message, bytes, error.message().replace('\n', " "));
        }
        table.into_inner()
    }

    pub(crate) fn report(&mut self, message: String, bytes: Range<usize>, label: impl Into<String>) {
        self.push(Finding::error(self.rule, message), bytes, label);
    }

    pub(crate) fn push(&mut self, finding: Finding, bytes: Range<usize>, label: impl Into<String>) {
        self.findings.push(finding.at(&self.path, self.text, bytes, label));
    }

    pub(crate) fn string(&mut self, key: &str, value: &Value<'t>) -> Option<Located<String>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Located { value: text.to_string(), bytes: value.span() }),
            other => self.wrong_type(key, value.span(), "a string", other),
        }
    }

    pub(crate) fn boolean(&mut self, key: &str, value: &Value<'t>) -> Option<Located<bool>> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Located { value: *flag, bytes: value.span() }),
            other => self.wrong_type(key, value.span(), "`true` or `false`", other),
        }
    }

    pub(crate) fn strings(&mut self, key: &str, value: &Value<'t>) -> Option<Vec<Located<String>>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.item(key, item)).collect(),
            other => self.wrong_type(key, value.span(), LIST, other),
        }
    }

    fn item(&mut self, key: &str, item: &Value<'t>) -> Option<Located<String>> {
        match item.get_ref() {
            DeValue::String(text) => Some(Located { value: text.to_string(), bytes: item.span() }),
            other => self.wrong_type(key, item.span(), LIST, other),
        }
    }

    /// A list of strings, or one string in its stead.
    pub(crate) fn string_or_strings(&mut self, key: &str, value: &Value<'t>) -> Option<Vec<Located<String>>> {
        match value.get_ref() {
            DeValue::String(_) => self.string(key, value).map(|one| vec![one]),
            _ => self.strings(key, value),
        }
    }

    pub(crate) fn inner_table<'v>(&mut self, key: &str, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => self.wrong_type(key, value.span(), "a table", other),
        }
    }

    pub(crate) fn wrong_type<T>(
        &mut self,
        key: &str,
        bytes: Range<usize>,
        wanted: &str,
        found: &DeValue<'t>,
    ) -> Option<T> {
        self.report(format!("`{key}` must be {wanted}"), bytes, format!("this is {}", kind(found)));
        None
    }

    fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

/// `help` for a word that is none of those known.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.len() == 1 => format!("there is only {}", quoted(known)),
        None => format!("there are {}", quoted(known)),
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn quoted<T: AsRef<str>>(words: &[T]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
