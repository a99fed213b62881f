//! What can be written under `metadata.schema`: one table of TOML in, one layer of configuration out. Where the table
//! comes from is `manifest`'s business, and what a missing key means is decided when all layers are known.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use schema_runtime::dialect::Dialect;
use toml::de::DeTable;

use super::{Level, LockKind, TransactionScope, Unmodelled, parse_duration};
use crate::document::{Document, Located, Value, suggestion};
use crate::finding::Finding;
use crate::migrations::name;
use crate::rule::{configurable, rule};

/// One layer of configuration: what it says, and nothing of what it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) dialect: Option<Dialect>,
    pub(super) migrations: Option<PathBuf>,
    pub(super) models: Option<Vec<PathBuf>>,
    pub(super) tables: Option<Vec<PathBuf>>,
    pub(super) on_connect: Option<Vec<String>>,
    pub(super) ignore: Option<Vec<String>>,
    pub(super) database_url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) lints: BTreeMap<String, Level>,
    pub(super) transaction: Option<TransactionScope>,
    pub(super) lock: Option<LockKind>,
    pub(super) lock_wait: Option<Duration>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) unmodelled: Option<Unmodelled>,
    pub(super) safety_after: Option<String>,
    pub(super) concurrent_indexes: Option<bool>,
}

pub(super) const KEYS: [&str; 18] = [
    "concurrent-indexes",
    "database-url",
    "dialect",
    "ignore",
    "lints",
    "lock",
    "lock-timeout",
    "lock-wait",
    "migrations",
    "models",
    "name",
    "on-connect",
    "safety-after",
    "statement-timeout",
    "tables",
    "target",
    "transaction",
    "unmodelled",
];

const LEVELS: [(&str, Level); 3] = [("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)];
const SCOPES: [(&str, TransactionScope); 3] = [
    ("engine", TransactionScope::Engine),
    ("all", TransactionScope::All),
    ("revision", TransactionScope::Revision),
];
const UNMODELLED: [(&str, Unmodelled); 2] = [("keep", Unmodelled::Keep), ("drop", Unmodelled::Drop)];
const LOCKS: [(&str, LockKind); 2] = [("engine", LockKind::Engine), ("table", LockKind::Table)];

impl Raw {
    /// Reads a table; `target` and unknown keys are left to the caller.
    pub(super) fn read<'t>(document: &mut Document<'t>, table: &DeTable<'t>) -> Self {
        let mut raw = Self::default();
        for (key, value) in table {
            raw.read_key(document, key.get_ref(), value);
        }
        raw
    }

    fn read_key<'t>(&mut self, document: &mut Document<'t>, key: &str, value: &Value<'t>) {
        match key {
            "concurrent-indexes" => {
                self.concurrent_indexes = document.boolean(key, value).map(|flag| flag.value);
            }
            "dialect" => self.dialect = dialect(document, key, value),
            "migrations" => self.migrations = string(document, key, value).map(PathBuf::from),
            "models" => self.models = paths(document, key, value),
            "tables" => self.tables = paths(document, key, value),
            "on-connect" => self.on_connect = strings(document, key, value),
            "ignore" => self.ignore = strings(document, key, value),
            "database-url" => self.database_url = string(document, key, value),
            "name" => self.name = template(document, key, value),
            "lints" => self.lints = lints(document, key, value),
            "transaction" => self.transaction = choice(document, key, value, &SCOPES),
            "lock" => self.lock = choice(document, key, value, &LOCKS),
            "lock-wait" => self.lock_wait = duration(document, key, value),
            "lock-timeout" => self.lock_timeout = duration(document, key, value),
            "statement-timeout" => self.statement_timeout = duration(document, key, value),
            "safety-after" => self.safety_after = string(document, key, value),
            "unmodelled" => self.unmodelled = choice(document, key, value, &UNMODELLED),
            _ => {}
        }
    }

    /// This layer where it says something, else the lower one; levels of rules are joined.
    pub(super) fn over(self, lower: Self) -> Self {
        let mut lints = lower.lints;
        lints.extend(self.lints);
        Self {
            dialect: self.dialect.or(lower.dialect),
            migrations: self.migrations.or(lower.migrations),
            models: self.models.or(lower.models),
            tables: self.tables.or(lower.tables),
            on_connect: self.on_connect.or(lower.on_connect),
            ignore: self.ignore.or(lower.ignore),
            database_url: self.database_url.or(lower.database_url),
            name: self.name.or(lower.name),
            lints,
            transaction: self.transaction.or(lower.transaction),
            lock: self.lock.or(lower.lock),
            lock_wait: self.lock_wait.or(lower.lock_wait),
            lock_timeout: self.lock_timeout.or(lower.lock_timeout),
            statement_timeout: self.statement_timeout.or(lower.statement_timeout),
            unmodelled: self.unmodelled.or(lower.unmodelled),
            safety_after: self.safety_after.or(lower.safety_after),
            concurrent_indexes: self.concurrent_indexes.or(lower.concurrent_indexes),
        }
    }
}

fn string<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<String> {
    document.string(key, value).map(|text| text.value)
}

fn strings<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Vec<String>> {
    let texts = document.string_or_strings(key, value)?;
    Some(texts.into_iter().map(|text| text.value).collect())
}

fn paths<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Vec<PathBuf>> {
    Some(strings(document, key, value)?.into_iter().map(PathBuf::from).collect())
}

fn dialect<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Dialect> {
    let text = document.string(key, value)?;
    let found = Dialect::from_name(&text.value);
    if found.is_none() {
        refuse(
            document,
            &text,
            &format!("there is no dialect `{}`", text.value),
            &Dialect::ALL.map(Dialect::name),
        );
    }
    found
}

fn choice<'t, T: Copy>(
    document: &mut Document<'t>,
    key: &str,
    value: &Value<'t>,
    choices: &[(&str, T)],
) -> Option<T> {
    let text = document.string(key, value)?;
    let found = choices.iter().find(|(name, _)| *name == text.value).map(|(_, choice)| *choice);
    if found.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        refuse(document, &text, &format!("`{key}` cannot be `{}`", text.value), &names);
    }
    found
}

fn duration<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<Duration> {
    let text = document.string(key, value)?;
    let found = parse_duration(&text.value);
    if found.is_none() {
        let finding = Finding::error(super::RULE, format!("`{key}` is no duration"))
            .help("a number and a unit: `500ms`, `30s`, `5m` or `1h`");
        document.push(finding, text.bytes, "");
    }
    found
}

fn template<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> Option<String> {
    let text = document.string(key, value)?;
    if let Err(error) = name::check(&text.value) {
        let tokens = name::TOKENS.map(|token| format!("{{{token}}}"));
        let finding = Finding::error(super::RULE, format!("`{key}` is no usable template of folder names"))
            .help(format!("it may hold {}", crate::document::quoted(&tokens)));
        document.push(finding, text.bytes, error.to_string());
        return None;
    }
    Some(text.value)
}

fn lints<'t>(document: &mut Document<'t>, key: &str, value: &Value<'t>) -> BTreeMap<String, Level> {
    let mut lints = BTreeMap::new();
    let Some(table) = document.inner_table(key, value) else { return lints };
    for (id, level) in table {
        let name: &str = id.get_ref();
        match rule(name) {
            None if !configurable().any(|id| id == name) => {
                let known: Vec<&str> = configurable().collect();
                let at = Located { value: name.to_string(), bytes: id.span() };
                refuse(document, &at, &format!("there is no rule `{name}`"), &known);
            }
            Some(rule) if !rule.is_configurable() => {
                let finding = Finding::error(super::RULE, format!("the rule `{name}` cannot be configured"))
                    .note(format!("nothing works while {}", rule.about));
                document.push(finding, id.span(), "");
            }
            Some(_) | None => {
                lints.extend(choice(document, name, level, &LEVELS).map(|level| (name.to_string(), level)));
            }
        }
    }
    lints
}

fn refuse(document: &mut Document<'_>, text: &Located<String>, message: &str, known: &[&str]) {
    let finding = Finding::error(super::RULE, message).help(suggestion(&text.value, known));
    document.push(finding, text.bytes.clone(), "");
}
