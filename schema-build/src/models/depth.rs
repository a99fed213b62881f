//! How deeply tokens are nested. syn descends once per level, and a stack that runs out is no error but the end of the
//! process, so what is nested beyond reason is never parsed.

use proc_macro2::{TokenStream, TokenTree};

/// Levels of brackets that no model needs.
const DEEPEST: usize = 120;

/// Words without a comma that no model needs; without brackets, each of them is a level at worst.
const LONGEST: usize = 2_000;

/// Brackets within brackets that no file needs.
const DEEPEST_FILE: usize = 1_000;

/// Whether the brackets of a file go too deep even to look at its items. Those in strings count as well, which only
/// a file with a thousand of them unclosed would notice.
pub(super) fn is_file_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST_FILE
    })
}

/// Whether it is worth while to ask [`is_too_deep`]: brackets in comments and strings count here as well.
pub(super) fn looks_deep(text: &str) -> bool {
    let (mut brackets, mut angles, mut run) = (0_usize, 0_usize, 0_usize);
    let mut is_word = false;
    text.bytes().any(|byte| {
        let was_word = std::mem::replace(&mut is_word, byte.is_ascii_alphanumeric());
        run += usize::from(if byte.is_ascii_whitespace() { was_word } else { !is_word });
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'<' => angles += 1,
            b'>' => angles = angles.saturating_sub(1),
            b',' => run = 0,
            b';' => (angles, run) = (0, 0),
            _ => {}
        }
        brackets + angles > DEEPEST / 2 || run > LONGEST / 2
    })
}

/// Whether brackets, angle brackets or runs of prefixes go too deep.
pub(super) fn is_too_deep(tokens: TokenStream) -> bool {
    let mut brackets = vec![(tokens.into_iter(), 0)];
    let (mut angles, mut run) = (0_usize, 0_usize);
    while let Some((level, angles_outside)) = brackets.last_mut() {
        run += 1;
        match level.next() {
            None => {
                angles = *angles_outside;
                brackets.pop();
            }
            Some(TokenTree::Group(group)) => brackets.push((group.stream().into_iter(), angles)),
            Some(TokenTree::Punct(punct)) => match punct.as_char() {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                ',' | ';' | '#' => run = 0,
                _ => {}
            },
            Some(TokenTree::Ident(_) | TokenTree::Literal(_)) => {}
        }
        if brackets.len() + angles > DEEPEST || run > LONGEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_too_deep;

    fn deep(text: &str) -> bool {
        is_too_deep(text.parse().expect("tokens"))
    }

    #[test]
    fn what_people_write_is_not_too_deep() {
        assert!(!deep("struct A { a: Option<Vec<Option<&'static [u8]>>>, b: (A, (B, C)) }"));
        assert!(!deep(&"a: Vec<A>, ".repeat(1000)));
        assert!(!deep(&"(a), [b], {c}, ".repeat(1000)));
        assert!(!deep(&"/// A long story.\n".repeat(500)));
    }

    #[test]
    fn what_only_a_mutation_makes_is() {
        assert!(deep(&("(".repeat(200) + &")".repeat(200))));
        assert!(deep(&"A<".repeat(200)));
        assert!(deep(&"&".repeat(3_000)));
        assert!(deep(&"return ".repeat(3_000)));
    }
}
