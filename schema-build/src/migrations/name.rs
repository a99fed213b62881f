//! The names of migrations' folders: what they mean (version, id, message) and how new ones are made from a
//! template, which `fresh` fills. Text alone; nothing here looks at a folder or at the clock.

#[cfg(feature = "command")]
mod fresh;

use std::fmt;

use schema_runtime::revision::ID_LIMIT;

#[cfg(feature = "command")]
pub use self::fresh::{Moment, Parts, render};

/// How folders are named unless configured otherwise.
pub const DEFAULT_TEMPLATE: &str = "{year}-{month}-{day}-{hour}{minute}-{rev}_{slug}";

/// What a template may hold in braces.
pub const TOKENS: [&str; 10] =
    ["year", "month", "day", "hour", "minute", "second", "epoch", "rev", "slug", "seq"];

/// The longest slug.
pub const SLUG_LIMIT: usize = 40;

/// The version by which Diesel knows a folder: the text before the first `_`, without `-`.
pub fn diesel_version(folder: &str) -> String {
    folder.split('_').next().unwrap_or(folder).replace('-', "")
}

/// The version of a folder: its name up to and including the revision's id, without `-` and `_`; Diesel's own
/// rule when it has no id, or does not name it.
pub fn version(folder: &str, id: Option<&str>) -> String {
    match id.and_then(|id| end_of_id(folder, id)) {
        Some(end) => folder[..end].replace(['-', '_'], ""),
        None => diesel_version(folder),
    }
}

/// The id of a revision whose metadata gives none: Diesel's version, with what no id can hold replaced.
pub fn implied_id(folder: &str) -> String {
    let version = diesel_version(folder);
    // Mostly a date.
    if version.len() <= ID_LIMIT && version.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return version;
    }
    let letter = |c: char| if c.is_alphanumeric() { c } else { '_' };
    version.chars().map(letter).take(ID_LIMIT).collect()
}

/// The id that a folder made from the default template carries.
pub fn id_in_name(folder: &str) -> Option<&str> {
    let (stamp, _) = folder.split_once('_')?;
    let (_, id) = stamp.rsplit_once('-')?;
    (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// What a folder's name says that it does: what follows the id, or the first `_`.
pub fn message(folder: &str, id: Option<&str>) -> String {
    let slug = match id.and_then(|id| end_of_id(folder, id)) {
        Some(end) => &folder[end..],
        None => folder.split_once('_').map_or("", |(_, slug)| slug),
    };
    slug.trim_start_matches(['-', '_']).replace('_', " ").trim().to_string()
}

/// A message on one line: a line break would end the SQL comment that it stands in, and a terminal obeys other control
/// characters.
pub fn one_line(message: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b'!'..=b'~' | b' ');
    if message.bytes().all(is_plain) && message.trim() == message && !message.contains("  ") {
        return message.to_string();
    }
    let turns_around = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let spaced: String =
        message.chars().map(|c| if c.is_control() || turns_around(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a folder's name first has the id between `-`, `_` and its ends.
fn end_of_id(folder: &str, id: &str) -> Option<usize> {
    if id.is_empty() {
        return None;
    }
    let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, '-' | '_'));
    folder.match_indices(id).map(|(start, _)| (start, start + id.len())).find_map(|(start, end)| {
        let bounded = is_edge(folder[..start].chars().next_back()) && is_edge(folder[end..].chars().next());
        bounded.then_some(end)
    })
}

/// A message as a part of a folder's name: lower-case words joined by `_`, cut at 40 characters on a word. A ticket
/// number such as `TICKET-123` stays as it was written.
pub fn slug(message: &str) -> String {
    let words = message.split(|c: char| !is_word_character(c)).flat_map(slug_words);
    let mut slug = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if slug.is_empty() {
            slug = word.chars().take(SLUG_LIMIT).collect();
        } else if slug.len() + 1 + word.len() <= SLUG_LIMIT {
            slug = format!("{slug}_{word}");
        } else {
            break;
        }
    }
    slug
}

fn is_word_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

fn slug_words(word: &str) -> Vec<String> {
    let word = word.trim_matches('-');
    if is_ticket(word) {
        vec![word.to_string()]
    } else {
        word.split('-').map(str::to_ascii_lowercase).collect()
    }
}

/// Capitals, a hyphen and digits.
fn is_ticket(word: &str) -> bool {
    word.split_once('-').is_some_and(|(project, number)| {
        project.starts_with(|c: char| c.is_ascii_uppercase())
            && project.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// In braces, and none of [`TOKENS`].
    UnknownToken(String),
    /// A `{` without its `}`, or the other way round.
    Unbalanced,
    /// Nothing in it tells one migration from another.
    NotUnique,
    /// It holds `/` or another character that cannot be in a folder's name, or it begins with a dot.
    NoFolderName,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownToken(token) => write!(f, "`{{{token}}}` is no part of a name"),
            Self::Unbalanced => f.write_str("a brace has no counterpart"),
            Self::NotUnique => {
                f.write_str("nothing tells one migration from another: `{rev}` or `{seq}` is missing")
            }
            Self::NoFolderName => f.write_str("this cannot be the name of a folder"),
        }
    }
}

impl std::error::Error for TemplateError {}

/// Whether a template can be used.
pub fn check(template: &str) -> Result<(), TemplateError> {
    let tokens: Vec<&str> = pieces(template).filter_map(Piece::token).collect();
    if let Some(unknown) = tokens.iter().find(|token| !TOKENS.contains(token)) {
        return Err(TemplateError::UnknownToken((*unknown).to_string()));
    }
    let texts: String = pieces(template).filter_map(Piece::text).collect();
    if texts.contains(['{', '}']) {
        return Err(TemplateError::Unbalanced);
    }
    if texts.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c)) || template.starts_with('.') {
        return Err(TemplateError::NoFolderName);
    }
    if tokens.iter().any(|token| matches!(*token, "rev" | "seq")) {
        Ok(())
    } else {
        Err(TemplateError::NotUnique)
    }
}

#[derive(Clone, Copy)]
enum Piece<'t> {
    Text(&'t str),
    Token(&'t str),
}

impl<'t> Piece<'t> {
    fn token(self) -> Option<&'t str> {
        match self {
            Self::Token(token) => Some(token),
            Self::Text(_) => None,
        }
    }

    fn text(self) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Token(_) => None,
        }
    }
}

/// A template cut at its braces; a brace without its counterpart is text.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let token = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        if let Some((token, after)) = token.filter(|(token, _)| !token.contains('{')) {
            rest = after;
            return Some(Piece::Token(token));
        }
        let first = rest.chars().next()?.len_utf8();
        let end = rest[first..].find('{').map_or(rest.len(), |brace| first + brace);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

#[cfg(all(test, feature = "command"))]
mod tests {
    use super::*;

    const REV: &str = "4f1c2a9b7d03";

    fn rendered(template: &str, slug: &str) -> String {
        render(template, &Parts { time: Moment::from_epoch(1_795_166_105), rev: REV, slug, seq: 7 })
    }

    #[test]
    fn a_message_is_one_line_that_no_terminal_obeys() {
        assert_eq!(
            one_line("  add\n\nDROP TABLE users;\r\tnow\u{1b}[31m \u{202e}back"),
            "add DROP TABLE users; now [31m back"
        );
        assert_eq!(one_line(" \n "), "");
        assert_eq!(one_line("שלום 😀"), "שלום 😀");
    }

    #[test]
    fn versions_follow_diesel_and_reach_to_the_id() {
        for (folder, id, expected) in [
            ("2026-11-20-0915-4f1c2a9b7d03_create_users", Some(REV), "2026112009154f1c2a9b7d03"),
            ("20261120_0915_4f1c2a9b7d03_create_users", Some(REV), "2026112009154f1c2a9b7d03"),
            ("4f1c2a9b7d03_create_users", Some(REV), "4f1c2a9b7d03"),
            ("2017-09-23-101530_users", None, "20170923101530"),
            ("20170923_users", None, "20170923"),
            ("no underscore at all", None, "no underscore at all"),
            ("2026_users", Some(REV), "2026"),
            ("10-1_a", Some("1"), "101"),
            ("x_", Some(""), "x"),
        ] {
            assert_eq!(version(folder, id), expected, "{folder}");
        }
    }

    #[test]
    fn default_names_have_one_version_by_both_rules() {
        let name = rendered(DEFAULT_TEMPLATE, "create_users");
        assert_eq!(name, "2026-11-20-0915-4f1c2a9b7d03_create_users");
        assert_eq!(version(&name, Some(REV)), diesel_version(&name));
        assert_eq!(id_in_name(&name), Some(REV));
    }

    #[test]
    fn a_folder_without_metadata_still_gets_an_id_and_a_message() {
        assert_eq!(implied_id("2017-09-23-101530_users"), "20170923101530");
        assert_eq!(implied_id("2024.01 add users"), "2024_01_add_users");
        assert_eq!(message("2017-09-23-101530_add_the_users", None), "add the users");
        assert_eq!(message("2026-11-20-0915-4f1c2a9b7d03_add_tax", Some(REV)), "add tax");
        assert_eq!(message("20261120_0915_4f1c2a9b7d03_add_tax", Some(REV)), "add tax");
        assert_eq!(message("20240101", None), "");
    }

    #[test]
    fn slugs_are_words_cut_at_forty_characters() {
        for (message, expected) in [
            ("create users", "create_users"),
            ("Add phone, and e-mail!", "add_phone_and_e_mail"),
            ("TICKET-123 add Tax", "TICKET-123_add_tax"),
            ("fix for A1-9: x", "fix_for_A1-9_x"),
            ("Ünïcode Größe", "n_code_gr_e"),
            ("", ""),
            ("!!!", ""),
            ("one two three four five six seven eight nine", "one_two_three_four_five_six_seven_eight"),
        ] {
            assert_eq!(slug(message), expected);
        }
        assert_eq!(slug(&"a".repeat(60)).len(), SLUG_LIMIT);
    }

    #[test]
    fn templates_are_filled() {
        assert_eq!(
            rendered("{year}{month}{day}_{hour}{minute}_{rev}_{slug}", "a"),
            "20261120_0915_4f1c2a9b7d03_a"
        );
        assert_eq!(rendered("{seq}_{slug}", "a_b"), "0007_a_b");
        assert_eq!(rendered("{epoch}{second}-{rev}", "a"), "179516610505-4f1c2a9b7d03");
        assert_eq!(rendered("{rev}_{slug}", ""), "4f1c2a9b7d03");
    }

    #[test]
    fn templates_that_cannot_work_are_refused() {
        for good in [DEFAULT_TEMPLATE, "{rev}_{slug}", "{seq}_{slug}", "v{epoch}-{rev}"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check("{rev}_{date}"), Err(TemplateError::UnknownToken("date".to_string())));
        assert_eq!(check("{year}_{slug}"), Err(TemplateError::NotUnique));
        for unbalanced in ["{rev", "rev}", "{rev}}", "{{rev}"] {
            assert_eq!(check(unbalanced), Err(TemplateError::Unbalanced), "{unbalanced}");
        }
        for no_name in ["a/{rev}", ".{rev}", "{rev}\n"] {
            assert_eq!(check(no_name), Err(TemplateError::NoFolderName), "{no_name}");
        }
    }

    #[test]
    fn dates_are_right_on_leap_days_and_century_ends() {
        for (epoch, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Moment::from_epoch(epoch).to_string(), expected);
        }
    }
}
