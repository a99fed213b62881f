//! Changes that are certain to mend what they are about, applied to a text. Pure.

use super::rule::Edit;

/// The text with these changes; of two that overlap, the first.
pub(crate) fn mended(text: &str, edits: &[&Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.to_vec();
    edits.sort_by_key(|edit| edit.span.start);
    let (mut mended, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits.into_iter().filter(|edit| edit.span.end <= text.len()) {
        if edit.span.start >= at {
            mended.push_str(&text[at..edit.span.start]);
            mended.push_str(&edit.text);
            at = edit.span.end;
        }
    }
    mended.push_str(&text[at..]);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_made_wherever_they_come_from() {
        let edit = |span: std::ops::Range<usize>, text: &str| Edit { span, text: text.to_owned() };
        let (late, early, inside) = (edit(6..9, "C"), edit(0..3, ""), edit(7..8, "x"));
        assert_eq!(mended("aaabbbcccd", &[&late, &early, &inside]), "bbbCd");
        assert_eq!(mended("a", &[&edit(0..9, "x")]), "a");
    }
}
