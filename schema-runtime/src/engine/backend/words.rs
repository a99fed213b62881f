//! How a statement's first words tell what it is about. Words are only looked at, never judged: what is not
//! recognised is what nobody can say anything about.

/// The words that a statement begins with, in capitals unless they are quoted. Parentheses and commas part words.
pub(super) struct Words<'s> {
    rest: &'s str,
}

impl<'s> Words<'s> {
    pub(super) fn new(sql: &'s str) -> Self {
        Self { rest: sql }
    }

    /// The next word, as it is written.
    pub(super) fn raw(&mut self) -> Option<&'s str> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        let length = match first {
            '(' | ')' | ',' | ';' => 1,
            _ => name_length(self.rest),
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(word)
    }

    /// The next word in capitals; empty at the end.
    pub(super) fn next(&mut self) -> String {
        self.raw().unwrap_or_default().to_ascii_uppercase()
    }

    /// The word that says what the statement does; that of an executable comment is the one in it.
    pub(super) fn verb(&mut self) -> String {
        let word = self.next();
        if word.starts_with("/*!") || word.starts_with("/*M!") { self.next() } else { word }
    }

    /// Whether these words come next; then they are passed.
    pub(super) fn pass(&mut self, words: &[&str]) -> bool {
        let start = self.rest;
        let is_next = words.iter().all(|word| self.next() == *word);
        if !is_next {
            self.rest = start;
        }
        is_next
    }
}

/// How far a name reaches, with its qualifiers; quoted parts hold anything.
fn name_length(text: &str) -> usize {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(character),
            (None, '(' | ')' | ',' | ';') => return at,
            (None, character) if character.is_whitespace() => return at,
            (None, _) => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn quoted_names_are_one_word() {
        let mut words = Words::new("create  Index CONCURRENTLY \"my index\" ON a.\"b c\"(x, y)");
        assert!(!words.pass(&["CREATE", "UNIQUE"]) && words.pass(&["CREATE", "INDEX"]));
        assert_eq!(words.next(), "CONCURRENTLY");
        assert_eq!(words.raw(), Some("\"my index\""));
        assert!(words.pass(&["ON"]));
        let rest: Vec<&str> = std::iter::from_fn(|| words.raw()).collect();
        assert_eq!(rest, ["a.\"b c\"", "(", "x", ",", "y", ")"]);
    }
}
