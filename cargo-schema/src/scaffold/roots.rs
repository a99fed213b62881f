//! The root of a crate, with the modules that were written: text in, text out.

/// The text with `mod` lines for those of these modules that it lacks; `None` when it has them all.
pub(crate) fn declare(text: &str, modules: &[&str]) -> Option<String> {
    let has = |module: &str| {
        text.lines().any(|line| {
            let words: Vec<&str> =
                line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).collect();
            words.windows(2).any(|pair| pair == ["mod", module]) && !line.trim_start().starts_with("//")
        })
    };
    let lines: String =
        modules.iter().filter(|module| !has(module)).map(|module| format!("mod {module};\n")).collect();
    if lines.is_empty() {
        return None;
    }
    let at = header(text);
    let (before, after) = text.split_at(at);
    let gap = |is_needed: bool| if is_needed { "\n" } else { "" };
    let above = gap(!before.is_empty() && !before.ends_with("\n\n"));
    let below = gap(!after.is_empty() && !after.starts_with([' ', '\n', '\r']) && !after.starts_with("mod "));
    Some(format!("{before}{above}{lines}{below}{after}"))
}

/// Where the words about the crate as a whole end, which must stand first.
fn header(text: &str) -> usize {
    let mut end = 0;
    let mut at = 0;
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        at += line.len();
        let begins = words.starts_with("//!") || words.starts_with("#![") || words.starts_with("#!/");
        let is_beyond = !is_open && !begins && !words.is_empty() && !words.starts_with("//");
        if is_beyond {
            break;
        }
        is_open = (is_open || words.starts_with("#![")) && !words.ends_with(']');
        if begins || is_open || words.ends_with(']') {
            end = at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::declare;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(declare(text, &["models", "schema"]).as_deref(), Some(expected));
    }

    #[test]
    fn modules_stand_before_everything_but_the_crates_own_words() {
        check("fn main() {}\n", "mod models;\nmod schema;\n\nfn main() {}\n");
        check("", "mod models;\nmod schema;\n");
        check(
            "//! A shop.\n#![deny(\n    missing_docs\n)]\n\n// words\nuse std::fs;\n",
            "//! A shop.\n#![deny(\n    missing_docs\n)]\n\nmod models;\nmod schema;\n\n// words\nuse std::fs;\n",
        );
    }

    #[test]
    fn what_is_there_is_not_said_twice() {
        assert_eq!(declare("pub mod schema;\npub(crate) mod models;\n", &["models", "schema"]), None);
        check("mod schema;\n// mod models;\n", "mod models;\nmod schema;\n// mod models;\n");
    }
}
