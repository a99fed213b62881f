//! From terms to values: one function for each form that a word of `#[schema(..)]` can have, with a finding at every
//! term that has another.

use proc_macro2::Span;
use schema_runtime::nearest;

use super::source::{Mistakes, rules};
use super::terms::{Head, Term};
use crate::document::quoted;
use crate::schema::{Action, Deferrable, Identity};

/// A value, and where it is said.
#[derive(Clone, Debug)]
pub(super) struct Said<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// A column or a table, as a model names it.
pub(super) type Name = Said<String>;

impl<T> Said<T> {
    pub(super) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl Mistakes<'_> {
    /// `unique`
    pub(super) fn flag(&mut self, term: &Term) -> Option<Said<()>> {
        if term.is_bare() {
            return Some(Said::new((), term.span));
        }
        let word = term.word().unwrap_or_default();
        self.advise(
            rules::ATTRIBUTE,
            term.span,
            format!("`{word}` takes no value"),
            "more than the word",
            format!("write `{word}` alone"),
        );
        None
    }

    /// `was = "old"`
    pub(super) fn text(&mut self, term: &Term) -> Option<Said<String>> {
        match (&term.list, term.value.as_deref()) {
            (None, Some(Term { head: Head::Text(text), list: None, span, .. }))
                if !text.trim().is_empty() =>
            {
                Some(Said::new(text.clone(), *span))
            }
            (None, Some(Term { head: Head::Text(_), list: None, span, .. })) => {
                let word = term.word().unwrap_or_default();
                self.add(rules::ATTRIBUTE, *span, format!("`{word}` is empty"), "nothing is said here");
                None
            }
            _ => self.wrong(term, "a string", "= \"..\""),
        }
    }

    /// `default = "SQL"`, `default = 0`
    pub(super) fn sql(&mut self, term: &Term) -> Option<Said<String>> {
        match (&term.list, term.value.as_deref()) {
            (None, Some(Term { head: Head::Literal(literal), list: None, span, .. })) => {
                Some(Said::new(literal.clone(), *span))
            }
            _ => self.text(term),
        }
    }

    /// `max_length = 64`
    pub(super) fn length(&mut self, term: &Term) -> Option<Said<u32>> {
        if let (None, Some(Term { head: Head::Literal(literal), span, .. })) =
            (&term.list, term.value.as_deref())
        {
            match literal.parse() {
                Ok(length) if length > 0 => return Some(Said::new(length, *span)),
                _ => {}
            }
        }
        self.wrong(term, "a number from 1 on", "= 64")
    }

    /// `on_delete = "cascade"`
    pub(super) fn action(&mut self, term: &Term) -> Option<Said<Action>> {
        const ACTIONS: [(&str, Action); 5] = [
            ("no action", Action::NoAction),
            ("restrict", Action::Restrict),
            ("cascade", Action::Cascade),
            ("set null", Action::SetNull),
            ("set default", Action::SetDefault),
        ];
        self.choice(term, &ACTIONS)
    }

    /// `deferrable`, `deferrable = "deferred"`
    pub(super) fn deferrable(&mut self, term: &Term) -> Option<Said<Deferrable>> {
        if term.is_bare() {
            return Some(Said::new(Deferrable::Immediate, term.span));
        }
        self.choice(term, &[("deferred", Deferrable::Deferred), ("immediate", Deferrable::Immediate)])
    }

    /// `identity`, `identity = "always"`
    pub(super) fn identity(&mut self, term: &Term) -> Option<Said<Identity>> {
        if term.is_bare() {
            return Some(Said::new(Identity::ByDefault, term.span));
        }
        self.choice(term, &[("always", Identity::Always), ("by default", Identity::ByDefault)])
    }

    fn choice<T: Copy>(&mut self, term: &Term, choices: &[(&str, T)]) -> Option<Said<T>> {
        let said = self.text(term)?;
        let word = said.value.to_lowercase().replace('_', " ");
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == word) {
            return Some(Said::new(*choice, said.span));
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("`{}` cannot be `{}`", term.word().unwrap_or_default(), said.value);
        let help = format!("it can be {}", quoted(&names));
        self.advise(rules::ATTRIBUTE, said.span, message, "not known", help);
        None
    }

    /// A column's or a table's name: a word, or a string where the name is no Rust word.
    pub(super) fn name(&mut self, term: &Term) -> Option<Name> {
        match (&term.head, term.is_bare()) {
            (Head::Word(_), true) => Some(Said::new(term.word()?.to_string(), term.span)),
            (Head::Text(text), true) if !text.is_empty() => Some(Said::new(text.clone(), term.span)),
            _ => {
                self.add(rules::ATTRIBUTE, term.span, "this is no column", "expected a column's name");
                None
            }
        }
    }

    /// `(a, b)`
    pub(super) fn names(&mut self, term: &Term) -> Option<Said<Vec<Name>>> {
        match (&term.list, &term.value) {
            (Some(list), None) if !list.is_empty() => {
                let names: Vec<Name> = list.iter().filter_map(|term| self.name(term)).collect();
                (names.len() == list.len()).then(|| Said::new(names, term.span))
            }
            _ => self.wrong(term, "columns", "(a, b)"),
        }
    }

    /// `users`, `users(email)`, `crate::schema::users`
    pub(super) fn target(&mut self, term: &Term) -> Option<(Name, Vec<Name>)> {
        let target = term.value.as_deref().filter(|_| term.list.is_none());
        let name = target.and_then(|target| match &target.head {
            Head::Word(_) => target.word().map(str::to_string),
            Head::Text(text) => Some(text.clone()),
            Head::Literal(_) => None,
        });
        let (Some(target), Some(name)) = (target, name) else {
            return self.wrong(term, "a table", "= users");
        };
        let columns = match &target.list {
            Some(_) => self.names(&Term { value: None, ..target.clone() })?.value,
            None => Vec::new(),
        };
        Some((Said::new(name, target.head_span), columns))
    }

    /// Keeps the first of two values, and says so.
    pub(super) fn once<T>(&mut self, slot: &mut Option<Said<T>>, term: &Term, value: Option<Said<T>>) {
        if slot.is_some() {
            let message = format!("`{}` is said twice", term.word().unwrap_or_default());
            self.add(rules::ATTRIBUTE, term.span, message, "for the second time");
        } else {
            *slot = value;
        }
    }

    /// A word that nobody knows.
    pub(super) fn unknown(&mut self, term: &Term, place: &str, known: &[&str]) {
        let Some(word) = term.word() else {
            let message = format!("{place} has words, not this");
            return self.add(rules::ATTRIBUTE, term.span, message, "expected a word");
        };
        let help = match nearest(word, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are {}", quoted(known)),
        };
        let message = format!("{place} has no attribute `{word}`");
        self.advise(rules::ATTRIBUTE, term.head_span, message, "not known", help);
    }

    fn wrong<T>(&mut self, term: &Term, wanted: &str, example: &str) -> Option<T> {
        let word = term.word().unwrap_or_default();
        let message = format!("`{word}` needs {wanted}");
        let help = format!("write `{word}{}{example}`", if example.starts_with('(') { "" } else { " " });
        self.advise(rules::ATTRIBUTE, term.span, message, format!("expected {wanted}"), help);
        None
    }
}
