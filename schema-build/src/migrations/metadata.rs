//! `metadata.toml`: what Diesel knows (`run_in_transaction`) and what we add. Every value keeps its place, so that
//! what is wrong between files can be shown in them. Text in, values and findings out; never fails, never panics.

use std::path::Path;

use schema_runtime::nearest;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

pub use crate::document::Located;
use crate::document::{Document, Value, suggestion};
use crate::finding::Finding;

/// What a `metadata.toml` says. A key that is missing, or that could not be understood, is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Diesel's own key.
    pub run_in_transaction: Option<Located<bool>>,
    /// The revision's id.
    pub revision: Option<Located<String>>,
    /// Ids of the revisions directly before it.
    pub parents: Option<Vec<Located<String>>>,
    /// What it does.
    pub message: Option<Located<String>>,
    /// What must run first without being an ancestor.
    pub depends_on: Vec<Located<String>>,
    /// Names for its branch.
    pub labels: Vec<Located<String>>,
    /// Why it cannot be reverted.
    pub irreversible: Option<Located<String>>,
    /// When it was generated.
    pub created: Option<Located<String>>,
    /// `false` for a revision that rebuilds a table.
    pub foreign_keys: Option<Located<bool>>,
}

/// The keys that we add to Diesel's one.
const OURS: [&str; 8] =
    ["created", "depends_on", "foreign_keys", "irreversible", "labels", "message", "parents", "revision"];
const DIESELS: &str = "run_in_transaction";

impl Metadata {
    /// Whether the scripts run inside a transaction, as Diesel decides it for a file that is there.
    pub fn is_transactional(&self) -> bool {
        self.run_in_transaction.as_ref().is_some_and(|flag| flag.value)
    }
}

/// Reads a `metadata.toml` that is shown as `path`.
pub fn parse(path: &Path, text: &str) -> (Metadata, Vec<Finding>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document = Document::new(path, text, "bad-metadata");
    let table = document.table();
    let is_valid = document.findings.is_empty();
    if let Some(finding) = document.findings.pop() {
        document.findings.push(finding.help("mend this line; what follows it could not be read"));
    }
    let has_ours = table.keys().any(|key| OURS.contains(&&**key.get_ref()));
    let mut metadata = Metadata::default();
    for (key, value) in &table {
        if !read(&mut metadata, &mut document, key.get_ref(), value) {
            unknown_key(&mut document, key, has_ours);
        }
    }
    if is_valid && !table.contains_key(DIESELS) {
        missing_run_in_transaction(&mut document, &table, has_ours);
    }
    (metadata, document.findings)
}

/// Whether the key is known.
fn read<'t>(metadata: &mut Metadata, document: &mut Document<'t>, key: &str, value: &Value<'t>) -> bool {
    match key {
        DIESELS => metadata.run_in_transaction = document.boolean(key, value),
        "revision" => metadata.revision = document.string(key, value),
        "parents" => metadata.parents = document.strings(key, value),
        "message" => metadata.message = document.string(key, value),
        "depends_on" => metadata.depends_on = document.strings(key, value).unwrap_or_default(),
        "labels" => metadata.labels = document.strings(key, value).unwrap_or_default(),
        "irreversible" => metadata.irreversible = document.string(key, value),
        "created" => metadata.created = created(document, key, value),
        "foreign_keys" => metadata.foreign_keys = document.boolean(key, value),
        _ => return false,
    }
    true
}

fn created<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Located<String>> {
    match value.get_ref() {
        DeValue::Datetime(time) => Some(Located { value: time.to_string(), bytes: value.span() }),
        DeValue::String(text) => Some(Located { value: text.to_string(), bytes: value.span() }),
        other => document.wrong_type(key, value.span(), "a date", other),
    }
}

/// Diesel tolerates what it does not know, and so do we in a file of Diesel's alone, unless it is a slip.
fn unknown_key(document: &mut Document<'_>, key: &Spanned<DeString<'_>>, has_ours: bool) {
    let known: Vec<&str> = OURS.iter().copied().chain([DIESELS]).collect();
    let name = key.get_ref();
    let message = format!("`{name}` is no key of `metadata.toml`");
    let finding = if has_ours || nearest(name, known.iter().copied()).is_some() {
        Finding::error("unknown-key", message).help(suggestion(name, &known))
    } else {
        Finding::warning("stray-key", message).note("Diesel ignores it, and so does `cargo schema`")
    };
    document.push(finding, key.span(), "");
}

fn missing_run_in_transaction(document: &mut Document<'_>, table: &DeTable<'_>, has_ours: bool) {
    let first = table.keys().map(Spanned::span).min_by_key(|bytes| bytes.start).unwrap_or(0..0);
    let finding = if has_ours {
        Finding::error("missing-run-in-transaction", "`metadata.toml` does not say `run_in_transaction`")
            .note("to Diesel a file without this key means `false`: no transaction at all")
            .help("add the line `run_in_transaction = true`")
    } else {
        Finding::warning(
            "implied-run-in-transaction",
            "`metadata.toml` switches transactions off without saying so",
        )
        .note("to Diesel a file without `run_in_transaction` means `false`, and it is run so")
        .help("write `run_in_transaction = false`, or `true` if that was meant")
    };
    document.push(finding, first, "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Heading;

    fn read(text: &str) -> (Metadata, Vec<Finding>) {
        parse(Path::new("m/metadata.toml"), text)
    }

    fn rules(text: &str) -> Vec<&'static str> {
        read(text).1.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn every_key_is_read_with_its_place() {
        let text = "run_in_transaction = true\nrevision = \"4f1c2a9b7d03\"\nparents = [\"9b7d\", \"1f0e\"]\n\
            message = \"create users\"\ndepends_on = [\"a\"]\nlabels = [\"api\"]\nirreversible = \"why\"\n\
            created = 2026-11-20T09:15:00Z\nforeign_keys = false\n";
        let (metadata, findings) = read(text);
        assert_eq!(findings, []);
        assert!(metadata.is_transactional());
        let parents = metadata.parents.expect("parents");
        assert_eq!(
            parents.iter().map(|p| &text[p.bytes.clone()]).collect::<Vec<_>>(),
            ["\"9b7d\"", "\"1f0e\""]
        );
        assert_eq!(metadata.created.expect("created").value, "2026-11-20T09:15:00Z");
        assert!(!metadata.foreign_keys.expect("foreign_keys").value);
        assert_eq!(metadata.irreversible.expect("irreversible").value, "why");
    }

    #[test]
    fn our_keys_without_run_in_transaction_are_an_error() {
        assert_eq!(rules("revision = \"a\"\n"), ["missing-run-in-transaction"]);
        assert!(read("revision = \"a\"\n").1[0].is_error());
    }

    #[test]
    fn diesels_own_file_means_what_diesel_means() {
        for text in ["", "# nothing\n"] {
            let (metadata, findings) = read(text);
            assert!(!metadata.is_transactional());
            assert_eq!(findings.len(), 1);
            assert_eq!((findings[0].rule, findings[0].is_error()), ("implied-run-in-transaction", false));
        }
        assert_eq!(rules("run_in_transaction = false\n"), [] as [&str; 0]);
    }

    #[test]
    fn a_key_that_diesel_tolerates_is_a_warning_but_a_slip_is_an_error() {
        assert_eq!(rules("run_in_transaction = true\nteam = \"db\"\n"), ["stray-key"]);
        assert_eq!(rules("run_in_transaction = true\nparent = []\n"), ["unknown-key"]);
        assert_eq!(rules("run_in_transaction = true\nrevision = \"a\"\nteam = \"db\"\n"), ["unknown-key"]);
    }

    #[test]
    fn a_slip_is_answered_with_the_key_that_was_meant() {
        let (_, findings) = read("run_in_transaction = true\nrevison = \"a\"\n");
        assert_eq!(
            findings[0].plain_lines(Heading::Bare),
            [
                "`revison` is no key of `metadata.toml`",
                "  --> m/metadata.toml:2:1",
                "   |",
                " 2 | revison = \"a\"",
                "   | ^^^^^^^",
                "   |",
                "   = help: did you mean `revision`?",
            ]
        );
    }

    #[test]
    fn what_is_not_toml_is_shown_where_it_breaks() {
        let (_, findings) = read("run_in_transaction = true\nrevision = 4f1c\n");
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].message, "`metadata.toml` is not valid TOML");
        let excerpt =
            findings[0].place.as_ref().and_then(|place| place.excerpt.as_ref()).expect("an excerpt");
        assert_eq!(excerpt.line, 2);
        assert!(!excerpt.label.is_empty());
    }

    #[test]
    fn a_wrong_type_is_an_error_at_the_value() {
        let (metadata, findings) = read("run_in_transaction = \"yes\"\nparents = \"a\"\nlabels = [1]\n");
        assert_eq!(metadata, Metadata::default());
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`labels` must be a list of strings",
                "`parents` must be a list of strings",
                "`run_in_transaction` must be `true` or `false`"
            ]
        );
    }

    #[test]
    fn rubbish_is_an_error_and_never_a_panic() {
        let deep = "a = ".to_string() + &"[".repeat(10_000);
        for text in ["=", "[", "\0", "a.b.c = [[[{", "revision = '''", "\u{feff}=", "a=1\na=2", &deep] {
            assert!(read(text).1.iter().any(Finding::is_error), "{:?}", &text[..text.len().min(20)]);
        }
    }
}
