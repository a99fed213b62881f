//! The words of `#[schema(..)]` on fields and structs, and those of `#[diesel(..)]` that decide names and keys. Which
//! word takes what is said here once; what follows from it for a table is said by `structs` and `columns`.

use proc_macro2::Span;
use syn::Meta;

use super::source::{Mistakes, rules};
use super::terms::{Head, Term, terms};
use super::words::{Name, Said};
use crate::schema::{Action, Deferrable, Identity};

/// What a field says.
#[derive(Default)]
pub(super) struct FieldWords {
    pub(super) primary_key: Option<Said<()>>,
    pub(super) identity: Option<Said<Identity>>,
    pub(super) unique: Option<Said<()>>,
    pub(super) index: Option<Said<()>>,
    pub(super) default: Option<Said<String>>,
    pub(super) backfill: Option<Said<String>>,
    pub(super) max_length: Option<Said<u32>>,
    pub(super) sql_type: Option<Said<String>>,
    pub(super) references: Option<Said<(Name, Vec<Name>)>>,
    pub(super) on_delete: Option<Said<Action>>,
    pub(super) on_update: Option<Said<Action>>,
    pub(super) deferrable: Option<Said<Deferrable>>,
    pub(super) generated: Option<Said<String>>,
    pub(super) is_virtual: Option<Said<()>>,
    pub(super) collate: Option<Said<String>>,
    pub(super) comment: Option<Said<String>>,
    pub(super) was: Option<Said<String>>,
    pub(super) skip: Option<Said<()>>,
    pub(super) sql_name: Option<Said<String>>,
}

const FIELD: [&str; 19] = [
    "backfill",
    "collate",
    "comment",
    "default",
    "deferrable",
    "generated",
    "identity",
    "index",
    "max_length",
    "on_delete",
    "on_update",
    "primary_key",
    "references",
    "skip",
    "sql_name",
    "sql_type",
    "unique",
    "virtual",
    "was",
];

impl FieldWords {
    pub(super) fn read(attributes: &[Meta], mistakes: &mut Mistakes<'_>) -> Self {
        let mut words = Self::default();
        for term in schema_terms(attributes, mistakes) {
            words.word(&term, mistakes);
        }
        words
    }

    fn word(&mut self, term: &Term, m: &mut Mistakes<'_>) {
        macro_rules! once {
            ($slot:ident, $form:ident) => {{
                let value = m.$form(term);
                m.once(&mut self.$slot, term, value);
            }};
        }
        match term.word().unwrap_or_default() {
            "primary_key" => once!(primary_key, flag),
            "identity" => once!(identity, identity),
            "unique" => once!(unique, flag),
            "index" => once!(index, flag),
            "default" => once!(default, sql),
            "backfill" => once!(backfill, sql),
            "max_length" => once!(max_length, length),
            "sql_type" => once!(sql_type, text),
            "references" => {
                let value = m.target(term).map(|target| Said::new(target, term.span));
                m.once(&mut self.references, term, value);
            }
            "on_delete" => once!(on_delete, action),
            "on_update" => once!(on_update, action),
            "deferrable" => once!(deferrable, deferrable),
            "generated" => once!(generated, text),
            "virtual" => once!(is_virtual, flag),
            "collate" => once!(collate, text),
            "comment" => once!(comment, text),
            "was" => once!(was, text),
            "skip" => once!(skip, flag),
            "sql_name" => once!(sql_name, text),
            _ => m.unknown(term, "a field", &FIELD),
        }
    }
}

/// What a struct says.
#[derive(Default)]
pub(super) struct StructWords {
    pub(super) primary_key: Option<Said<Vec<Name>>>,
    pub(super) indexes: Vec<IndexWords>,
    pub(super) uniques: Vec<UniqueWords>,
    pub(super) checks: Vec<CheckWords>,
    pub(super) foreign_keys: Vec<ForeignKeyWords>,
    pub(super) was: Option<Said<String>>,
    pub(super) comment: Option<Said<String>>,
    pub(super) strict: Option<Said<()>>,
    pub(super) without_rowid: Option<Said<()>>,
    pub(super) engine: Option<Said<String>>,
    pub(super) charset: Option<Said<String>>,
    pub(super) sql_name: Option<Said<String>>,
    pub(super) schema: Option<Said<String>>,
}

/// `index(..)`
pub(super) struct IndexWords {
    pub(super) span: Span,
    pub(super) items: Vec<Item>,
    pub(super) name: Option<Said<String>>,
    pub(super) unique: Option<Said<()>>,
    pub(super) condition: Option<Said<String>>,
    pub(super) method: Option<Said<String>>,
    pub(super) include: Option<Said<Vec<Name>>>,
    pub(super) was: Option<Said<String>>,
}

/// One thing that is indexed.
pub(super) enum Item {
    Column { name: Name, is_descending: bool },
    Sql(String),
}

/// `unique(..)`
pub(super) struct UniqueWords {
    pub(super) span: Span,
    pub(super) columns: Vec<Name>,
    pub(super) name: Option<Said<String>>,
    pub(super) was: Option<Said<String>>,
}

/// `check(..)`
pub(super) struct CheckWords {
    pub(super) expression: String,
    pub(super) name: Option<Said<String>>,
}

/// `foreign_key(..)`, or `references` on a field.
pub(super) struct ForeignKeyWords {
    pub(super) span: Span,
    pub(super) columns: Vec<Name>,
    pub(super) table: Name,
    pub(super) references: Vec<Name>,
    pub(super) name: Option<Said<String>>,
    pub(super) on_delete: Option<Said<Action>>,
    pub(super) on_update: Option<Said<Action>>,
    pub(super) deferrable: Option<Said<Deferrable>>,
}

const STRUCT: [&str; 13] = [
    "charset",
    "check",
    "comment",
    "engine",
    "foreign_key",
    "index",
    "primary_key",
    "schema",
    "sql_name",
    "strict",
    "unique",
    "was",
    "without_rowid",
];
const INDEX: [&str; 7] = ["desc", "include", "method", "name", "unique", "was", "where"];
const UNIQUE: [&str; 2] = ["name", "was"];
const FOREIGN_KEY: [&str; 5] = ["deferrable", "name", "on_delete", "on_update", "references"];

impl StructWords {
    pub(super) fn read(attributes: &[Meta], mistakes: &mut Mistakes<'_>) -> Self {
        let mut words = Self::default();
        for term in schema_terms(attributes, mistakes) {
            words.word(&term, mistakes);
        }
        words
    }

    fn word(&mut self, term: &Term, m: &mut Mistakes<'_>) {
        macro_rules! once {
            ($slot:ident, $form:ident) => {{
                let value = m.$form(term);
                m.once(&mut self.$slot, term, value);
            }};
        }
        match term.word().unwrap_or_default() {
            "primary_key" => {
                let value = m.names(term);
                m.once(&mut self.primary_key, term, value);
            }
            "index" => self.indexes.extend(index(term, m)),
            "unique" => self.uniques.extend(unique(term, m)),
            "check" => self.checks.extend(check(term, m)),
            "foreign_key" => self.foreign_keys.extend(foreign_key(term, m)),
            "was" => once!(was, text),
            "comment" => once!(comment, text),
            "strict" => once!(strict, flag),
            "without_rowid" => once!(without_rowid, flag),
            "engine" => once!(engine, text),
            "charset" => once!(charset, text),
            "sql_name" => once!(sql_name, text),
            "schema" => once!(schema, text),
            _ => m.unknown(term, "a struct", &STRUCT),
        }
    }
}

fn index(term: &Term, m: &mut Mistakes<'_>) -> Option<IndexWords> {
    let mut words = IndexWords {
        span: term.span,
        items: Vec::new(),
        name: None,
        unique: None,
        condition: None,
        method: None,
        include: None,
        was: None,
    };
    for inner in inner_terms(term, "index(a, desc(b), name = \"..\")", m)? {
        index_term(&mut words, inner, m);
    }
    has_columns(words.items.is_empty(), term, m).then_some(words)
}

fn index_term(words: &mut IndexWords, inner: &Term, m: &mut Mistakes<'_>) {
    match (&inner.head, inner.word().unwrap_or_default()) {
        (Head::Text(sql), _) if inner.is_bare() => words.items.push(Item::Sql(sql.clone())),
        (_, "unique") if inner.is_bare() => m.once(&mut words.unique, inner, Some(Said::new((), inner.span))),
        (_, "desc") if inner.list.is_some() => {
            let names = m.names(inner).map(|names| names.value).unwrap_or_default();
            words.items.extend(names.into_iter().map(|name| Item::Column { name, is_descending: true }));
        }
        (_, "include") if inner.list.is_some() => {
            let names = m.names(inner);
            m.once(&mut words.include, inner, names);
        }
        (Head::Word(_), _) if inner.is_bare() => {
            words.items.extend(m.name(inner).map(|name| Item::Column { name, is_descending: false }));
        }
        (_, word) => {
            let slot = match word {
                "name" => &mut words.name,
                "where" => &mut words.condition,
                "method" => &mut words.method,
                "was" => &mut words.was,
                _ => return m.unknown(inner, "an index", &INDEX),
            };
            let value = m.text(inner);
            m.once(slot, inner, value);
        }
    }
}

fn unique(term: &Term, m: &mut Mistakes<'_>) -> Option<UniqueWords> {
    let mut words = UniqueWords { span: term.span, columns: Vec::new(), name: None, was: None };
    let found_before = m.findings.len();
    for inner in inner_terms(term, "unique(a, b)", m)? {
        match (&inner.head, inner.word().unwrap_or_default()) {
            (Head::Word(_), _) if inner.is_bare() => words.columns.extend(m.name(inner)),
            (_, "name") => {
                let value = m.text(inner);
                m.once(&mut words.name, inner, value);
            }
            (_, "was") => {
                let value = m.text(inner);
                m.once(&mut words.was, inner, value);
            }
            (Head::Text(_), _) => m.advise(
                rules::ATTRIBUTE,
                inner.span,
                "a UNIQUE constraint has columns alone",
                "this is an expression",
                "write `index(.., unique)`, which takes expressions",
            ),
            _ => m.unknown(inner, "a UNIQUE constraint", &UNIQUE),
        }
    }
    if m.findings.len() > found_before {
        return None;
    }
    has_columns(words.columns.is_empty(), term, m).then_some(words)
}

fn check(term: &Term, m: &mut Mistakes<'_>) -> Option<CheckWords> {
    let (mut expression, mut name) = (None, None);
    for inner in inner_terms(term, "check(\"SQL\")", m)? {
        match (&inner.head, inner.word().unwrap_or_default()) {
            (Head::Text(sql), _) if inner.is_bare() && !sql.trim().is_empty() => {
                m.once(&mut expression, term, Some(Said::new(sql.clone(), inner.span)));
            }
            (_, "name") => {
                let value = m.text(inner);
                m.once(&mut name, inner, value);
            }
            _ => m.unknown(inner, "a check", &["name"]),
        }
    }
    if expression.is_none() {
        let help = "write `check(\"SQL\")`";
        m.advise(rules::ATTRIBUTE, term.span, "a check needs a condition", "no condition", help);
    }
    Some(CheckWords { expression: expression?.value, name })
}

fn foreign_key(term: &Term, m: &mut Mistakes<'_>) -> Option<ForeignKeyWords> {
    let mut words = FieldWords::default();
    let (mut columns, mut name) = (Vec::new(), None);
    for inner in inner_terms(term, "foreign_key(a, b, references = other(x, y))", m)? {
        match (&inner.head, inner.word().unwrap_or_default()) {
            (_, "deferrable") => words.word(inner, m),
            (Head::Word(_), _) if inner.is_bare() => columns.extend(m.name(inner)),
            (_, "references" | "on_delete" | "on_update") => words.word(inner, m),
            (_, "name") => {
                let value = m.text(inner);
                m.once(&mut name, inner, value);
            }
            _ => m.unknown(inner, "a foreign key", &FOREIGN_KEY),
        }
    }
    let is_whole = has_columns(columns.is_empty(), term, m);
    let Some(target) = words.references.take().filter(|_| is_whole) else {
        if is_whole {
            let help = "write `references = other` or `references = other(x, y)`";
            m.advise(rules::ATTRIBUTE, term.span, "a foreign key needs `references`", "points nowhere", help);
        }
        return None;
    };
    Some(ForeignKeyWords { name, ..words.key(term.span, columns, target) })
}

impl FieldWords {
    /// The foreign key that `references` makes.
    pub(super) fn key(
        &self,
        span: Span,
        columns: Vec<Name>,
        target: Said<(Name, Vec<Name>)>,
    ) -> ForeignKeyWords {
        let (table, references) = target.value;
        ForeignKeyWords {
            span,
            columns,
            table,
            references,
            name: None,
            on_delete: self.on_delete.clone(),
            on_update: self.on_update.clone(),
            deferrable: self.deferrable.clone(),
        }
    }
}

fn inner_terms<'t>(term: &'t Term, example: &str, m: &mut Mistakes<'_>) -> Option<&'t [Term]> {
    match (&term.list, &term.value) {
        (Some(list), None) => Some(list),
        _ => {
            let message = format!("`{}` needs brackets", term.word().unwrap_or_default());
            m.advise(
                rules::ATTRIBUTE,
                term.span,
                message,
                "nothing in brackets",
                format!("write `{example}`"),
            );
            None
        }
    }
}

fn has_columns(is_empty: bool, term: &Term, m: &mut Mistakes<'_>) -> bool {
    if is_empty {
        let message = format!("`{}` names no column", term.word().unwrap_or_default());
        m.add(rules::ATTRIBUTE, term.span, message, "of what?");
    }
    !is_empty
}

pub(super) fn schema_terms(attributes: &[Meta], m: &mut Mistakes<'_>) -> Vec<Term> {
    let (terms, errors) = terms(attributes, "schema");
    for error in &errors {
        m.syntax(rules::ATTRIBUTE, "an attribute cannot be read", error);
    }
    terms
}

/// What `#[diesel(..)]` says that matters here. Its mistakes are Diesel's to report.
pub(super) struct DieselWords(Vec<Term>);

impl DieselWords {
    pub(super) fn read(attributes: &[Meta]) -> Self {
        Self(terms(attributes, "diesel").0)
    }

    pub(super) fn term(&self, word: &str) -> Option<&Term> {
        self.0.iter().find(|term| term.word() == Some(word))
    }

    /// The segments of `word = some::path`, or of `word = "path"`.
    pub(super) fn path(&self, word: &str) -> Option<Said<Vec<String>>> {
        let value = self.term(word)?.value.as_deref()?;
        match &value.head {
            Head::Word(segments) => Some(Said::new(segments.clone(), value.span)),
            Head::Text(text) => {
                let segments = text.split("::").map(|segment| segment.trim().to_string()).collect();
                Some(Said::new(segments, value.span))
            }
            Head::Literal(_) => None,
        }
    }

    /// The columns of `word(a, b)`.
    pub(super) fn names(&self, word: &str) -> Option<Said<Vec<Name>>> {
        let term = self.term(word)?;
        let name = |term: &Term| Some(Said::new(term.word()?.to_string(), term.span));
        let names: Vec<Name> = term.list.as_ref()?.iter().filter_map(name).collect();
        (!names.is_empty()).then(|| Said::new(names, term.span))
    }

    /// `text` of `word(key = "text")`.
    pub(super) fn text_in(&self, word: &str, key: &str) -> Option<String> {
        let list = self.term(word)?.list.as_ref()?;
        let value = list.iter().find(|term| term.word() == Some(key))?.value.as_deref()?;
        match &value.head {
            Head::Text(text) => Some(text.clone()),
            Head::Word(_) | Head::Literal(_) => None,
        }
    }
}
