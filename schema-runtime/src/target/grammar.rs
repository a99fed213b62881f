//! Cuts a target into label, anchor and steps. Knows revisions only to leave a name alone that contains what
//! looks like grammar (`2026-11-20-0915-4f1c_x` does not step back).

use crate::revision::RESERVED;

/// A target's parts: `LABEL@ANCHOR+STEPS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) label: Option<&'a str>,
    pub(super) anchor: Anchor<'a>,
    pub(super) steps: Steps,
}

/// The named part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor<'a> {
    /// Nothing is named: where the database is.
    Here,
    Head,
    Heads,
    Base,
    Current,
    Name(&'a str),
}

/// How far from the anchor. Numbers that fit no integer are more steps than any history has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steps {
    None,
    Up(usize),
    Down(usize),
}

pub(super) fn parse(target: &str, is_name: impl Fn(&str) -> bool) -> Parts<'_> {
    if is_name(target) {
        return Parts { label: None, anchor: Anchor::Name(target), steps: Steps::None };
    }
    let (label, rest) = match target.split_once('@') {
        Some((label, rest)) => (Some(label), rest),
        None => (None, target),
    };
    let (anchor, steps) = if is_name(rest) { (rest, Steps::None) } else { split_steps(rest) };
    Parts { label, anchor: self::anchor(anchor, steps), steps }
}

fn anchor(text: &str, steps: Steps) -> Anchor<'_> {
    let [base, current, head, heads] = RESERVED;
    match text {
        "" if steps != Steps::None => Anchor::Here,
        text if text == head => Anchor::Head,
        text if text == heads => Anchor::Heads,
        text if text == base => Anchor::Base,
        text if text == current => Anchor::Current,
        name => Anchor::Name(name),
    }
}

fn split_steps(text: &str) -> (&str, Steps) {
    let digits = text.len() - text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, number) = text.split_at(digits);
    let number = if number.is_empty() { None } else { Some(number.parse().unwrap_or(usize::MAX)) };
    match (before.strip_suffix('+'), before.strip_suffix('-'), number) {
        (Some(anchor), _, Some(number)) => (anchor, Steps::Up(number)),
        (_, Some(anchor), Some(number)) => (anchor, Steps::Down(number)),
        _ => (text, Steps::None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Parts, Steps, parse};

    #[track_caller]
    fn check(target: &str, label: Option<&str>, anchor: Anchor<'_>, steps: Steps) {
        assert_eq!(parse(target, |name| name == "2026-11-20-1"), Parts { label, anchor, steps });
    }

    #[test]
    fn every_form_of_the_grammar() {
        check("head", None, Anchor::Head, Steps::None);
        check("-1", None, Anchor::Here, Steps::Down(1));
        check("+12", None, Anchor::Here, Steps::Up(12));
        check("head-1", None, Anchor::Head, Steps::Down(1));
        check("base+2", None, Anchor::Base, Steps::Up(2));
        check("4f1c+2", None, Anchor::Name("4f1c"), Steps::Up(2));
        check("api@head", Some("api"), Anchor::Head, Steps::None);
        check("api@+1", Some("api"), Anchor::Here, Steps::Up(1));
        check("api@4f1c-3", Some("api"), Anchor::Name("4f1c"), Steps::Down(3));
        check("2026-11-20-1", None, Anchor::Name("2026-11-20-1"), Steps::None);
        check("2026-11-20-1-1", None, Anchor::Name("2026-11-20-1"), Steps::Down(1));
    }

    #[test]
    fn what_is_no_grammar_is_a_name() {
        check("", None, Anchor::Name(""), Steps::None);
        check("+", None, Anchor::Name("+"), Steps::None);
        check("4f1c+", None, Anchor::Name("4f1c+"), Steps::None);
        check("@", Some(""), Anchor::Name(""), Steps::None);
        check("-99999999999999999999999", None, Anchor::Here, Steps::Down(usize::MAX));
    }
}
