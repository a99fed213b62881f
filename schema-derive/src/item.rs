//! As much of a struct as the check needs: the path of its table, and the columns that its fields are. What is not
//! understood is no error here: rustc, Diesel and `schema-build` each have better words for it.

use std::iter::Peekable;

use proc_macro::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree, token_stream};

/// A struct with a table.
pub(crate) struct Item {
    /// `crate::schema::users`
    pub(crate) table: TokenStream,
    /// Fields that are columns, by the names that `table!` has for them.
    pub(crate) columns: Vec<Ident>,
}

type Tokens = Peekable<token_stream::IntoIter>;

/// The words of a derive's or Diesel's attribute: `word`, `word = tokens` or `word(tokens)`.
struct Word {
    name: String,
    /// What stands behind `=`.
    value: TokenStream,
}

/// `None`: there is nothing to compare.
pub(crate) fn read(item: TokenStream) -> Option<Item> {
    let mut tokens = item.into_iter().peekable();
    let words = attributes(&mut tokens);
    if !tokens.any(|token| is_word(&token, "struct")) {
        return None;
    }
    let TokenTree::Group(body) = tokens.last()? else { return None };
    if body.delimiter() != Delimiter::Brace {
        return None;
    }
    let table = words.into_iter().find(|word| word.name == "table_name")?;
    Some(Item { table: unquoted(table.value)?, columns: columns(&body) })
}

fn columns(body: &Group) -> Vec<Ident> {
    let mut tokens = body.stream().into_iter().peekable();
    let mut columns = Vec::new();
    while tokens.peek().is_some() {
        let words = attributes(&mut tokens);
        let name = field_name(&mut tokens);
        skip_type(&mut tokens);
        let is_column =
            !words.iter().any(|word| ["skip", "embed", "select_expression"].contains(&&*word.name));
        columns.extend(name.filter(|_| is_column).map(|name| column_name(&words).unwrap_or(name)));
    }
    columns
}

/// `pub(crate) name :`
fn field_name(tokens: &mut Tokens) -> Option<Ident> {
    let mut name = None;
    for token in tokens.by_ref() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => break,
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
    name
}

/// Up to the comma that is in no angle brackets.
fn skip_type(tokens: &mut Tokens) {
    let (mut depth, mut is_arrow) = (0_usize, false);
    for token in tokens.by_ref() {
        let TokenTree::Punct(punct) = token else { continue };
        match punct.as_char() {
            ',' if depth == 0 => return,
            '<' => depth += 1,
            '>' if !is_arrow => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_arrow = punct.as_char() == '-' && punct.spacing() == Spacing::Joint;
    }
}

fn column_name(words: &[Word]) -> Option<Ident> {
    let word = words.iter().find(|word| word.name == "column_name")?;
    match unquoted(word.value.clone())?.into_iter().last()? {
        TokenTree::Ident(ident) => Some(ident),
        TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => None,
    }
}

/// The words of all `#[schema(..)]` and `#[diesel(..)]` that stand here.
fn attributes(tokens: &mut Tokens) -> Vec<Word> {
    let mut found = Vec::new();
    while tokens.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')).is_some()
    {
        let Some(TokenTree::Group(attribute)) = tokens.next() else { break };
        let mut inner = attribute.stream().into_iter();
        let is_read = inner.next().is_some_and(|name| is_word(&name, "schema") || is_word(&name, "diesel"));
        if let (true, Some(TokenTree::Group(list))) = (is_read, inner.next()) {
            found.extend(words(list.stream()));
        }
    }
    found
}

fn words(list: TokenStream) -> Vec<Word> {
    let mut words = Vec::new();
    let mut tokens = list.into_iter().peekable();
    while let Some(first) = tokens.next() {
        let mut rest = Vec::new();
        while let Some(token) = tokens.next_if(|token| !is_comma(token)) {
            rest.push(token);
        }
        tokens.next();
        let value = match rest.first() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => rest.into_iter().skip(1).collect(),
            _ => TokenStream::new(),
        };
        words.push(Word { name: first.to_string(), value });
    }
    words
}

/// A path, which older code writes as a string.
fn unquoted(value: TokenStream) -> Option<TokenStream> {
    let mut tokens = value.clone().into_iter();
    match (tokens.next()?, tokens.next()) {
        (TokenTree::Literal(text), None) => text.to_string().trim_matches('"').parse().ok(),
        _ => Some(value),
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
