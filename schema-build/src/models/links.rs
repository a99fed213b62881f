//! What tables say about each other: foreign keys find their tables and columns here, and names that may exist once
//! exist once.

use std::collections::BTreeMap;

use schema_runtime::dialect::Dialect;
use schema_runtime::nearest;

use super::attributes::ForeignKeyWords;
use super::enums::twice;
use super::source::{Mistakes, rules};
use super::structs::{Draft, text};
use super::words::Name;
use crate::document::quoted;
use crate::finding::Finding;
use crate::schema::{Action, Deferrable, ForeignKey, Knowledge, Table};

/// Finds the table of every foreign key. `others` are the tables that no struct describes.
pub(super) fn connect(drafts: &mut [Draft], others: &BTreeMap<String, Table>, findings: &mut Vec<Finding>) {
    for index in 0..drafts.len() {
        let source = std::rc::Rc::clone(&drafts[index].source);
        let mut mistakes = Mistakes::new(&source);
        let keys: Vec<ForeignKey> = drafts[index]
            .foreign_keys
            .iter()
            .map(|words| key(words, drafts, others, &mut mistakes))
            .collect();
        findings.append(&mut mistakes.findings);
        drafts[index].table.foreign_keys = keys;
    }
}

fn key(
    words: &ForeignKeyWords,
    drafts: &[Draft],
    others: &BTreeMap<String, Table>,
    m: &mut Mistakes<'_>,
) -> ForeignKey {
    let (table, references) = target(words, drafts, others, m);
    ForeignKey {
        name: text(&words.name),
        columns: words.columns.iter().map(|column| column.value.clone()).collect(),
        table,
        references,
        on_delete: words.on_delete.as_ref().map_or(Action::NoAction, |said| said.value),
        on_update: words.on_update.as_ref().map_or(Action::NoAction, |said| said.value),
        deferrable: words.deferrable.as_ref().map_or(Deferrable::Not, |said| said.value),
    }
}

/// The table by its name in the schema or in Rust, and the columns there by their names in the database.
fn target(
    words: &ForeignKeyWords,
    drafts: &[Draft],
    others: &BTreeMap<String, Table>,
    m: &mut Mistakes<'_>,
) -> (String, Vec<String>) {
    let name = &words.table;
    let by = |has: &dyn Fn(&Draft) -> bool| drafts.iter().find(|draft| has(draft));
    let draft = by(&|draft| draft.key == name.value).or_else(|| by(&|draft| draft.rust_name == name.value));
    if let Some(draft) = draft {
        let columns = columns(&words.references, draft, m);
        if let Some(columns) = &columns {
            is_key(words, columns, draft, m);
        }
        return (draft.key.clone(), columns.unwrap_or_default());
    }
    let named = words.references.iter().map(|column| column.value.clone()).collect();
    if let Some(key) = other(&name.value, others) {
        return (key, named);
    }
    // Whoever has `table!` blocks may have tables that no block names.
    if others.is_empty() {
        unknown_table(name, drafts, m);
    }
    (name.value.clone(), named)
}

fn other(name: &str, others: &BTreeMap<String, Table>) -> Option<String> {
    let last_is = |key: &&String| key.rsplit('.').next() == Some(name);
    others.get_key_value(name).map(|(key, _)| key).or_else(|| others.keys().find(last_is)).cloned()
}

fn unknown_table(name: &Name, drafts: &[Draft], m: &mut Mistakes<'_>) {
    let known: Vec<&str> = drafts.iter().map(|draft| draft.rust_name.as_str()).collect();
    let help = match nearest(&name.value, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "it is the table's name, and a struct that derives `Schema` must describe it".to_string(),
    };
    let message = format!("there is no table `{}`", name.value);
    m.advise(rules::CONTRADICTION, name.span, message, "no model describes it", help);
}

fn columns(names: &[Name], draft: &Draft, m: &mut Mistakes<'_>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for name in names {
        match draft.column_named(&name.value) {
            Some(column) => found.push(column.to_string()),
            None => {
                let known: Vec<&str> = draft.fields.iter().map(|field| field.ident.as_str()).collect();
                let help = match nearest(&name.value, known.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("there are {}", quoted(&known)),
                };
                let message = format!("`{}` has no column `{}`", draft.key, name.value);
                m.advise(rules::CONTRADICTION, name.span, message, "no such column", help);
            }
        }
    }
    (found.len() == names.len()).then_some(found)
}

/// Every engine wants the other end to be a key, and as many columns on either side.
fn is_key(words: &ForeignKeyWords, columns: &[String], draft: &Draft, m: &mut Mistakes<'_>) {
    let key = draft.table.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
    let there = if columns.is_empty() { key } else { columns };
    if there.is_empty() {
        return;
    }
    if there.len() != words.columns.len() {
        let counts = format!("{} here, {} there", words.columns.len(), there.len());
        let message = format!("the columns of a foreign key to `{}` do not match: {counts}", draft.key);
        let help = format!("there it is {}", quoted(there));
        m.advise(rules::CONTRADICTION, words.span, message, "as many on either side", help);
    } else if !draft.has_key(there) {
        let message = format!("{} of `{}` is neither its primary key nor unique", quoted(there), draft.key);
        let help = "make it unique there, or point to the primary key";
        m.advise(rules::CONTRADICTION, words.span, message, "may find several rows", help);
    }
}

/// One table once, and one index name once.
pub(super) fn unite(drafts: Vec<Draft>, dialect: Dialect, findings: &mut Vec<Finding>) -> Vec<Draft> {
    index_names(&drafts, dialect, findings);
    let mut united: Vec<Draft> = Vec::new();
    let mut places = BTreeMap::new();
    for draft in drafts {
        let key = match dialect {
            Dialect::Sqlite => draft.key.to_lowercase(),
            Dialect::Postgres | Dialect::Mysql => draft.key.clone(),
        };
        match (places.get(&key), &draft.table.place) {
            (Some(first), Some(second)) => {
                let what = format!("the table `{}`", draft.key);
                findings.push(
                    twice(&what, second, first).help("one struct describes it; the others only use it"),
                );
            }
            (_, place) => {
                places.extend(place.clone().map(|place| (key, place)));
                united.push(draft);
            }
        }
    }
    debug_assert!(united.iter().all(|draft| draft.table.knowledge == Knowledge::Whole), "structs say all");
    united
}

/// PostgreSQL and SQLite have one space of names for all indexes, MySQL one for each table.
fn index_names(drafts: &[Draft], dialect: Dialect, findings: &mut Vec<Finding>) {
    let mut seen = BTreeMap::new();
    for draft in drafts {
        let space = match dialect {
            Dialect::Mysql => draft.key.as_str(),
            Dialect::Postgres => draft.layout.schema.as_deref().unwrap_or_default(),
            Dialect::Sqlite => "",
        };
        for name in &draft.names {
            let place = draft.source.place(name.span, "");
            if let Some(first) = seen.get(&(space, name.value.as_str())) {
                findings.push(twice(&format!("the index `{}`", name.value), &place, first));
            } else {
                seen.insert((space, name.value.as_str()), place);
            }
        }
    }
}
