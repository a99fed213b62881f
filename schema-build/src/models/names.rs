//! Names on their way between Rust and SQL.
#![cfg_attr(not(feature = "command"), expect(unreachable_pub, reason = "`rust` shows them to the command"))]

/// A table's name where the struct says none: Diesel's own rule, letter by letter.
pub(super) fn default_table(ident: &str) -> String {
    let mut name = String::new();
    for (index, letter) in ident.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name + "s"
}

/// `HttpError` and `HTTPError` to `http_error`.
pub fn snake_case(ident: &str) -> String {
    let letters: Vec<char> = ident.chars().collect();
    let mut name = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let begins_word = before.is_some_and(|before| !before.is_uppercase() && before != '_')
            || before.is_some_and(char::is_uppercase)
                && letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && begins_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// `user_mood` to `UserMood`; what no identifier may hold is left out.
pub fn camel_case(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut ident: String = words
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.collect::<Vec<_>>())
        })
        .collect();
    if !ident.starts_with(|letter: char| letter.is_alphabetic()) {
        ident.insert(0, 'T');
    }
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_as_diesel_names_them() {
        assert_eq!(default_table("User"), "users");
        assert_eq!(default_table("FooBarBaz"), "foo_bar_bazs");
        assert_eq!(default_table("HTTPError"), "h_t_t_p_errors");
        assert_eq!(default_table("Straße"), "straßes");
    }

    #[test]
    fn snake_case_keeps_acronyms_together() {
        for (ident, name) in [
            ("Happy", "happy"),
            ("VeryHappy", "very_happy"),
            ("HTTPError", "http_error"),
            ("HttpOK", "http_ok"),
            ("Level1", "level1"),
            ("A", "a"),
            ("Already_Snake", "already_snake"),
        ] {
            assert_eq!(snake_case(ident), name);
        }
    }

    #[test]
    fn camel_case_is_always_an_identifier() {
        assert_eq!(camel_case("user_mood"), "UserMood");
        assert_eq!(camel_case("user mood-2"), "UserMood2");
        assert_eq!(camel_case("2nd"), "T2nd");
        assert_eq!(camel_case(""), "T");
    }
}
