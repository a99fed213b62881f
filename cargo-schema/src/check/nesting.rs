//! How deep a statement may be nested before a parser is asked to read it. Parsers call themselves for each bracket,
//! and the trees of long chains (`a OR b OR ..`) are as deep as these are long; a stack that is used up ends the
//! process, which no statement may do.

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

/// Tokens that can stand on one way from the root of a statement's tree to a leaf.
const LIMIT: usize = 5_000;

/// Room for that many, each several calls deep. Only what is used of it is memory.
pub(super) const STACK: usize = 256 << 20;

/// Where a statement gets deeper than any parser should go.
pub(super) fn too_deep(sql: &str, dialect: Dialect) -> Option<usize> {
    // A token has a byte, and most statements have few of either.
    if sql.len() <= LIMIT {
        return None;
    }
    // The tokens of every open bracket since its last comma: what comes after one is beside what was before it.
    let mut open = vec![0_usize];
    let mut depth = 0;
    for token in tokens(sql, dialect).filter(|token| token.kind != Kind::Comment) {
        let range = token.range();
        let text = &sql[range.clone()];
        if let Some(at) = inside(text).and_then(|inside| too_deep(inside, dialect)) {
            return Some(range.start + 1 + at);
        }
        match text {
            "," | ";" => depth -= open.last_mut().map_or(0, std::mem::take),
            "(" | "[" => open.push(0),
            // What a bracket held is one thing to what stands beside it.
            ")" | "]" if open.len() > 1 => depth -= open.pop().unwrap_or_default(),
            _ => {}
        }
        if !matches!(text, "," | ";") {
            *open.last_mut().expect("what is outside of all brackets is never closed") += 1;
            depth += 1;
        }
        if depth > LIMIT {
            return Some(range.start);
        }
    }
    None
}

/// A body is a string to its statement, and is read as SQL, too.
fn inside(token: &str) -> Option<&str> {
    let is_body = token.len() > LIMIT && token.starts_with(['$', '\'']);
    is_body.then(|| token.get(1..token.len() - 1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_deep(sql: &str) -> bool {
        Dialect::ALL.into_iter().any(|dialect| too_deep(sql, dialect).is_some())
    }

    #[test]
    fn brackets_and_chains_are_deep() {
        let deep =
            |open: &str, close: &str| format!("SELECT {}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(is_too_deep(&deep("(", ")")));
        assert!(is_too_deep(&deep("f(2, ", ")")));
        assert!(is_too_deep(&deep("NOT ", "")));
        assert!(is_too_deep(&deep("1 + ", "")));
        assert!(is_too_deep(&format!("DO $$ BEGIN {}; END $$", deep("(", ")"))));
        assert!(is_too_deep(&format!("DO $a$ BEGIN {} END $a$", deep("(", ")"))));
    }

    #[test]
    fn what_is_only_long_is_not() {
        let rows = vec!["(1, 'a', (2 + 3), '[')"; 100_000].join(", ");
        assert!(!is_too_deep(&format!("INSERT INTO t VALUES {rows}")));
        let body = "PERFORM f((1), 2); ".repeat(100_000);
        assert!(!is_too_deep(&format!("DO $$ BEGIN {body} END $$")));
        assert!(!is_too_deep(&"(".repeat(LIMIT)));
    }
}
