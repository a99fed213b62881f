//! The word that somebody probably meant: for ids, keys, rules and flags alike.

/// The candidate that is closest to `word`, if it is close: at most a third of the letters differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count().max(3) / 3).min(4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 4 * limit)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove or replace to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typing_mistake_finds_its_word() {
        let known = ["4f1c2a9b7d03", "9b7d034f1c2a"];
        assert_eq!(nearest("4f1c2a9b7d04", known), Some("4f1c2a9b7d03"));
        assert_eq!(nearest("parent", ["parents", "labels"]), Some("parents"));
    }

    #[test]
    fn a_strange_word_finds_nothing() {
        assert_eq!(nearest("colour", ["parents", "labels"]), None);
        assert_eq!(nearest("", ["parents"]), None);
    }
}
