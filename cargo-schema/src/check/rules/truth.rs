//! Whether a condition is true of every row, told from its words: `1 = 1`, `a = 2 OR true`, `id IS NOT NULL` of a column
//! that is never NULL. Whatever is not understood may be true or not.

use std::iter::Peekable;
use std::slice::Iter;

use crate::check::rule::Site;
use crate::check::sql::part::{Expr, Name};

/// Whether a condition leaves no row of a table out.
pub(super) fn is_always_true(site: &Site<'_>, table: &Name, condition: &Expr) -> bool {
    let is_full = |column: &str| {
        let known = site.table(table).and_then(|known| known.column(column));
        known.is_some_and(|known| known.not_null)
    };
    let words = words(&condition.text);
    let known = Known { table: &table.name, is_full: &is_full };
    let mut reader = Reader { words: words.iter().peekable(), known };
    reader.any() == Truth::Yes && reader.words.peek().is_none()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    /// It depends on the row, or on what is not understood.
    Open,
}

impl Truth {
    fn of(is_true: bool) -> Self {
        if is_true { Self::Yes } else { Self::No }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Open,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }
}

/// Reads a condition by its grammar: OR of AND of NOT of comparisons.
struct Reader<'a> {
    words: Peekable<Iter<'a, String>>,
    known: Known<'a>,
}

/// What is known of the table whose rows are asked.
#[derive(Clone, Copy)]
struct Known<'a> {
    table: &'a str,
    /// Whether a column is never NULL.
    is_full: &'a dyn Fn(&str) -> bool,
}

impl Known<'_> {
    fn is_full(&self, column: &str) -> bool {
        (self.is_full)(bare(column))
    }

    fn is_it(&self, table: &str) -> bool {
        bare(table).trim_matches(['"', '`']).eq_ignore_ascii_case(self.table)
    }
}

impl Reader<'_> {
    fn any(&mut self) -> Truth {
        let (mut truth, mut nulls) = self.all();
        while self.takes("or") {
            let (next, more) = self.all();
            // A column is NULL, or it is not.
            let is_either = nulls.iter().any(|(column, null)| more.contains(&(column.clone(), !null)));
            truth = if is_either { Truth::Yes } else { truth.or(next) };
            nulls.extend(more);
        }
        truth
    }

    /// What it is, and the columns that it asks about NULL, where it is nothing but that question.
    fn all(&mut self) -> (Truth, Vec<(String, bool)>) {
        let (mut truth, mut nulls) = self.negated();
        while self.takes("and") {
            let (next, _) = self.negated();
            truth = truth.not().or(next.not()).not();
            nulls.clear();
        }
        (truth, nulls)
    }

    fn negated(&mut self) -> (Truth, Vec<(String, bool)>) {
        if self.takes("not") {
            return (self.negated().0.not(), Vec::new());
        }
        let comparison = self.comparison();
        match comparison.as_slice() {
            [open, inner @ .., close] if open == "(" && close == ")" && is_one_bracket(inner) => {
                let mut reader = Reader { words: inner.iter().peekable(), known: self.known };
                (reader.any(), Vec::new())
            }
            [column, is, null] if is == "is" && null == "null" => (Truth::Open, vec![(column.clone(), true)]),
            [column, is, not, null] if is == "is" && not == "not" && null == "null" => {
                let truth = if self.known.is_full(column) { Truth::Yes } else { Truth::Open };
                (truth, vec![(column.clone(), false)])
            }
            words => (compared(words, self.known), Vec::new()),
        }
    }

    /// The words up to the next AND or OR outside of brackets, CASE and BETWEEN.
    fn comparison(&mut self) -> Vec<String> {
        let (mut words, mut depth, mut is_between) = (Vec::new(), 0_usize, false);
        while let Some(word) = self.words.peek() {
            match word.as_str() {
                "and" if depth == 0 && is_between => is_between = false,
                "and" | "or" if depth == 0 => break,
                "between" if depth == 0 => is_between = true,
                "(" | "case" => depth += 1,
                ")" | "end" => depth = depth.saturating_sub(1),
                _ => {}
            }
            words.extend(self.words.next().cloned());
        }
        words
    }

    fn takes(&mut self, word: &str) -> bool {
        self.words.next_if(|next| *next == word).is_some()
    }
}

/// Whether brackets around these words belong together.
fn is_one_bracket(inner: &[String]) -> bool {
    let mut depth = 1_i32;
    inner.iter().all(|word| {
        depth += i32::from(word == "(") - i32::from(word == ")");
        depth > 0
    })
}

fn compared(words: &[String], known: Known<'_>) -> Truth {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["true"] => Truth::Yes,
        ["false"] => Truth::No,
        [number] => number.parse::<f64>().map_or(Truth::Open, |number| Truth::of(number != 0.0)),
        [inner @ .., "is", "true"] => compared(&owned(inner), known),
        ["exists", "(", "select", one, ")"] if is_literal(one) => Truth::Yes,
        [column, "in", "(", "select", own, "from", table, ")"]
            if own == column && known.is_it(table) && known.is_full(column) =>
        {
            Truth::Yes
        }
        [left, operator, right] if is_literal(left) && is_literal(right) => literals(left, operator, right),
        [left, "=" | "<=" | ">=" | "==", right] if left == right && known.is_full(left) => Truth::Yes,
        _ => Truth::Open,
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn literals(left: &str, operator: &str, right: &str) -> Truth {
    let order = match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.partial_cmp(&right),
        _ if left == right => Some(std::cmp::Ordering::Equal),
        _ => None,
    };
    let is_other = order.is_none() && left.to_lowercase() != right.to_lowercase();
    match (operator, order) {
        ("=" | "==" | "<=>", None) if is_other => Truth::No,
        ("<>" | "!=", None) if is_other => Truth::Yes,
        ("=" | "==" | "<=>", Some(order)) => Truth::of(order.is_eq()),
        ("<>" | "!=", Some(order)) => Truth::of(order.is_ne()),
        ("<", Some(order)) => Truth::of(order.is_lt()),
        ("<=", Some(order)) => Truth::of(order.is_le()),
        (">", Some(order)) => Truth::of(order.is_gt()),
        (">=", Some(order)) => Truth::of(order.is_ge()),
        _ => Truth::Open,
    }
}

fn is_literal(word: &str) -> bool {
    word.starts_with('\'') || word.parse::<f64>().is_ok() || matches!(word, "true" | "false")
}

/// A column without the table in front of it.
fn bare(column: &str) -> &str {
    column.rsplit('.').next().unwrap_or(column)
}

/// The words of an expression: what is quoted stays as it is, everything else is in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' | '`' => quoted(rest, first),
            _ if is_of_word(first) => rest.find(|it| !is_of_word(it)).unwrap_or(rest.len()),
            _ if is_of_operator(first) => rest.find(|it| !is_of_operator(it)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let word = &rest[..length];
        words.push(if first == '\'' { word.to_owned() } else { word.to_lowercase() });
        rest = rest[length..].trim_start();
    }
    words
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '$')
}

fn is_of_operator(character: char) -> bool {
    matches!(character, '=' | '<' | '>' | '!' | '|' | '&')
}

/// The length of what stands in quotes at the start of a text.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}
