//! The grammar inside `#[schema(..)]` and `#[diesel(..)]`: terms, separated by commas, each a word or a literal, with
//! terms in brackets behind it, with `= term` behind that. What the words mean is said by `attributes`.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Lit, Meta, Token, parenthesized, token};

/// `users`, `"SQL"`, `desc(name)`, `where = "SQL"`, `references = users(id)`.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// All of it.
    pub(super) span: Span,
    /// Of its first part.
    pub(super) head_span: Span,
    pub(super) head: Head,
    /// What stands in brackets behind the head.
    pub(super) list: Option<Vec<Term>>,
    /// What stands behind `=`.
    pub(super) value: Option<Box<Term>>,
}

/// A term's first part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A path: its segments, without `r#`.
    Word(Vec<String>),
    /// A string's value.
    Text(String),
    /// A number or a truth value, as it is written.
    Literal(String),
}

impl Term {
    /// The word that a term is about: the last segment of its path.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.head {
            Head::Word(segments) => segments.last().map(String::as_str),
            Head::Text(_) | Head::Literal(_) => None,
        }
    }

    /// Whether it is a head and nothing else.
    pub(super) fn is_bare(&self) -> bool {
        self.list.is_none() && self.value.is_none()
    }
}

/// The terms of all attributes of this name, and what cannot be read; reading goes on behind the next comma.
pub(super) fn terms(attributes: &[Meta], name: &str) -> (Vec<Term>, Vec<syn::Error>) {
    let (mut terms, mut errors) = (Vec::new(), Vec::new());
    for meta in attributes.iter().filter(|meta| meta.path().is_ident(name)) {
        match meta.require_list() {
            Ok(list) => {
                let read = |input: ParseStream<'_>| list_of_terms(input, &mut terms, &mut errors);
                if let Err(error) = read.parse2(list.tokens.clone()) {
                    errors.push(error);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    (terms, errors)
}

fn list_of_terms(
    input: ParseStream<'_>,
    terms: &mut Vec<Term>,
    errors: &mut Vec<syn::Error>,
) -> syn::Result<()> {
    while !input.is_empty() {
        match term(input, errors).and_then(|term| behind(input).map(|()| term)) {
            Ok(term) => terms.push(term),
            Err(error) => {
                errors.push(error);
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
        }
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn behind(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected a comma")) }
}

fn term(input: ParseStream<'_>, errors: &mut Vec<syn::Error>) -> syn::Result<Term> {
    let mut term = plain_term(input, errors)?;
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let value = plain_term(input, errors)?;
        term.span = term.span.join(value.span).unwrap_or(term.span);
        term.value = Some(Box::new(value));
    }
    Ok(term)
}

fn plain_term(input: ParseStream<'_>, errors: &mut Vec<syn::Error>) -> syn::Result<Term> {
    let (head, head_span) = head(input)?;
    let mut span = head_span;
    let mut list = None;
    if input.peek(token::Paren) {
        let content;
        let brackets = parenthesized!(content in input);
        let mut inner = Vec::new();
        list_of_terms(&content, &mut inner, errors)?;
        list = Some(inner);
        span = span.join(brackets.span.close()).unwrap_or(span);
    }
    Ok(Term { span, head_span, head, list, value: None })
}

fn head(input: ParseStream<'_>) -> syn::Result<(Head, Span)> {
    let begin = input.span();
    if input.peek(Token![-]) || input.peek(Lit) {
        let minus = input.parse::<Option<Token![-]>>()?.map_or("", |_| "-");
        let literal: Lit = input.parse()?;
        let span = begin.join(literal.span()).unwrap_or(begin);
        return match &literal {
            Lit::Str(text) if minus.is_empty() => Ok((Head::Text(text.value()), span)),
            Lit::Int(number) => Ok((Head::Literal(format!("{minus}{}", number.base10_digits())), span)),
            Lit::Float(number) => Ok((Head::Literal(format!("{minus}{}", number.base10_digits())), span)),
            Lit::Bool(flag) if minus.is_empty() => Ok((Head::Literal(flag.value.to_string()), span)),
            _ => Err(syn::Error::new(span, "expected a string, a number, `true` or `false`")),
        };
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error("expected a name or a string"));
    }
    input.parse::<Option<Token![::]>>()?;
    let mut end = input.span();
    let mut segments = vec![input.call(Ident::parse_any)?.unraw().to_string()];
    while input.peek(Token![::]) {
        input.parse::<Token![::]>()?;
        end = input.span();
        segments.push(input.call(Ident::parse_any)?.unraw().to_string());
    }
    Ok((Head::Word(segments), begin.join(end).unwrap_or(begin)))
}
