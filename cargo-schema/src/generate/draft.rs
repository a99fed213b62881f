//! What a new migration looks like: the text of its three files, from values that are already checked. Pure.

use std::str::FromStr;

use toml_edit::{Array, Datetime, DocumentMut, Item, Value};

/// Everything that goes into the files of a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) message: String,
    pub(crate) parents: Vec<String>,
    pub(crate) depends_on: Vec<String>,
    pub(crate) labels: Vec<String>,
    /// RFC 3339, UTC.
    pub(crate) created: String,
    /// A table is rebuilt: SQLite's foreign keys are off while it runs.
    pub(crate) rebuilds: bool,
    /// It runs statement by statement, in no transaction.
    pub(crate) is_outside: bool,
    /// Why there is no way back.
    pub(crate) irreversible: Option<&'static str>,
}

/// `up.sql` where the migrations folder has no template of its own.
pub(crate) const UP: &str = "-- {message}\n";

/// `down.sql` likewise. As long as it has no statement, `revert` refuses it.
pub(crate) const DOWN: &str = "-- undo: {message}\n";

/// `down.sql` of a revision that cannot be undone.
pub(crate) const NO_WAY_BACK: &str = "-- {message}\n-- there is no way back: {irreversible}\n";

/// `up.sql` of a revision that joins others.
pub(crate) const MERGE_UP: &str = "-- {message}\n-- joins {parents}; nothing needs to run\n";

/// `down.sql` of a revision that joins others.
pub(crate) const MERGE_DOWN: &str = "-- undo: {message}\n-- nothing needs to run\n";

impl Draft {
    /// `metadata.toml`. `run_in_transaction` is always there: Diesel reads a file without it as `false`.
    pub(crate) fn metadata(&self) -> String {
        let mut document = DocumentMut::new();
        let mut set = |key: &str, value: Value| document.insert(key, Item::Value(value));
        set("run_in_transaction", (!self.is_outside).into());
        set("revision", self.id.as_str().into());
        set("parents", list(&self.parents));
        set("message", self.message.as_str().into());
        if let Some(reason) = self.irreversible {
            set("irreversible", reason.into());
        }
        if self.rebuilds {
            set("foreign_keys", false.into());
        }
        if !self.depends_on.is_empty() {
            set("depends_on", list(&self.depends_on));
        }
        if !self.labels.is_empty() {
            set("labels", list(&self.labels));
        }
        if let Ok(created) = Datetime::from_str(&self.created) {
            set("created", created.into());
        }
        document.to_string()
    }

    /// A script from its template. Braces that hold none of our names stay as they are.
    pub(crate) fn script(&self, template: &str) -> String {
        let parents = if self.parents.is_empty() { "base".to_owned() } else { self.parents.join(", ") };
        let values = [
            ("{message}", self.message.as_str()),
            ("{revision}", &self.id),
            ("{parents}", &parents),
            ("{created}", &self.created),
            ("{irreversible}", self.irreversible.unwrap_or_default()),
        ];
        fill(template, &values)
    }
}

fn list(values: &[String]) -> Value {
    Value::Array(values.iter().collect::<Array>())
}

/// Replaces in one pass, so that a message which holds `{revision}` stays what it is.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(brace) = rest.find('{') {
        text.push_str(&rest[..brace]);
        rest = &rest[brace..];
        let (name, value) = values.iter().find(|(name, _)| rest.starts_with(name)).unwrap_or(&("{", "{"));
        text.push_str(value);
        rest = &rest[name.len()..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            id: "4f1c2a9b7d03".to_owned(),
            message: "create users".to_owned(),
            parents: vec!["9b7d034f1c2a".to_owned()],
            created: "2026-11-20T09:15:00Z".to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn metadata_reads_as_documented() {
        assert_eq!(
            draft().metadata(),
            "run_in_transaction = true\nrevision = \"4f1c2a9b7d03\"\nparents = [\"9b7d034f1c2a\"]\nmessage = \"create users\"\ncreated = 2026-11-20T09:15:00Z\n"
        );
        let base = Draft { parents: vec![], labels: vec!["api".to_owned()], ..draft() };
        assert!(base.metadata().contains("parents = []\n"));
        assert!(base.metadata().contains("labels = [\"api\"]\n"));
    }

    #[test]
    fn any_message_survives_the_metadata() {
        for message in ["it's \"quoted\"", "back\\slash", "'''", "naïve 日本語 🙂", "{revision} # no comment"]
        {
            let text = Draft { message: message.to_owned(), ..draft() }.metadata();
            let read: DocumentMut = text.parse().expect("valid TOML");
            assert_eq!(read["message"].as_str(), Some(message), "{text}");
        }
    }

    #[test]
    fn templates_know_four_names_and_leave_other_braces_alone() {
        let draft = Draft { message: "{revision} & co".to_owned(), ..draft() };
        assert_eq!(
            draft.script("-- {message} by {revision} after {parents} at {created}\nSELECT '{\"a\": {}}';\n"),
            "-- {revision} & co by 4f1c2a9b7d03 after 9b7d034f1c2a at 2026-11-20T09:15:00Z\nSELECT '{\"a\": {}}';\n"
        );
    }
}
