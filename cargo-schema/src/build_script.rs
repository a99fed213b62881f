//! One statement added to a build script that exists already: text in, text out. It is added only where that is
//! certain to be right, which takes a Rust lexer; otherwise a person is told what to add.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A whole build script, for packages that have none.
pub(crate) const TEMPLATE: &str = "fn main() {\n    schema_build::embed()\n}\n";

/// The line that makes a build script embed the history.
pub(crate) const STATEMENT: &str = "schema_build::embed();";

/// What became of a build script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It calls `schema_build::embed` already.
    Unchanged,
    /// Its new text.
    Changed(String),
    /// Where the statement belongs is not certain.
    Unsure,
}

/// Adds the statement to the start of `main`.
pub(crate) fn add_statement(source: &str) -> Edit {
    let Ok(tokens) = TokenStream::from_str(source) else { return Edit::Unsure };
    if calls_embed(tokens.clone()) {
        return Edit::Unchanged;
    }
    match only_main(tokens).and_then(|body| insert(source, &body)) {
        Some(text) if TokenStream::from_str(&text).is_ok_and(calls_embed) => Edit::Changed(text),
        _ => Edit::Unsure,
    }
}

/// Looks for `schema_build::embed` in code, at any depth; comments and strings do not count.
fn calls_embed(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let path = |window: &[TokenTree]| {
        is_ident(&window[0], "schema_build") && is_punct(&window[1], ':') && is_ident(&window[3], "embed")
    };
    tokens.windows(4).any(path)
        || tokens.iter().any(|token| matches!(token, TokenTree::Group(group) if calls_embed(group.stream())))
}

/// The body of the one plain `fn main()` of the file. One that is `async`, generic, hidden in a macro or under
/// an attribute (`#[cfg]`, `#[tokio::main]`) is not plain.
fn only_main(tokens: TokenStream) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut mains =
        (1..tokens.len()).filter(|&at| is_ident(&tokens[at], "main") && is_ident(&tokens[at - 1], "fn"));
    let name = mains.next()?;
    if mains.next().is_some() || !starts_an_item(&tokens[..name - 1]) {
        return None;
    }
    body(&tokens[name + 1..])
}

/// Whether nothing but the end of another item, or `pub`, comes before.
fn starts_an_item(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Ident(ident)) if ident == "pub" => starts_an_item(&before[..before.len() - 1]),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => true,
        // `#![..]` belongs to the file, `#[..]` to the function.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            before.len() >= 3 && is_punct(&before[before.len() - 2], '!')
        }
        Some(token) => is_punct(token, ';'),
    }
}

/// What stands in braces after `()` and perhaps a return type.
fn body(after_name: &[TokenTree]) -> Option<Group> {
    let (TokenTree::Group(arguments), rest) = after_name.split_first()? else { return None };
    if arguments.delimiter() != Delimiter::Parenthesis || !arguments.stream().is_empty() {
        return None;
    }
    let body = rest.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.clone()),
        _ => None,
    })?;
    // An inner attribute must stay the first thing in the body.
    let inner_attribute = body.stream().into_iter().next().is_some_and(|token| is_punct(&token, '#'));
    (!inner_attribute).then_some(body)
}

fn insert(source: &str, body: &Group) -> Option<String> {
    let open = body.span_open().byte_range().end;
    let Range { start: close, .. } = body.span_close().byte_range();
    let inside = source.get(open..close)?;
    let line_end = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let indent = indent_of(&source[..open]);
    let step = if inside.contains("\n\t") { "\t" } else { "    " };
    let tail = if inside.trim().is_empty() {
        format!("{line_end}{indent}")
    } else if inside.lines().next().is_some_and(|line| !line.trim().is_empty()) {
        // The body, or a comment on it, begins on the line of the brace.
        format!("{line_end}{indent}{step}{}{line_end}{indent}", inside.trim())
    } else {
        inside.to_owned()
    };
    Some(format!("{}{line_end}{indent}{step}{STATEMENT}{tail}{}", &source[..open], &source[close..]))
}

/// The white space that the last line begins with.
fn indent_of(text: &str) -> &str {
    let line = &text[text.rfind('\n').map_or(0, |newline| newline + 1)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, punctuation: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(source: &str) -> String {
        match add_statement(source) {
            Edit::Changed(text) => text,
            other => panic!("{other:?} for {source}"),
        }
    }

    #[test]
    fn the_statement_comes_first_and_the_rest_stays() {
        let source = "// été\nuse std::env;\n\nfn main() {\n    // first\n    run();\n}\n";
        let expected =
            "// été\nuse std::env;\n\nfn main() {\n    schema_build::embed();\n    // first\n    run();\n}\n";
        assert_eq!(changed(source), expected);
    }

    #[test]
    fn an_empty_main_and_a_main_on_one_line_grow() {
        assert_eq!(changed("fn main() {}"), "fn main() {\n    schema_build::embed();\n}");
        assert_eq!(changed("fn main() { a(); }"), "fn main() {\n    schema_build::embed();\n    a();\n}");
        assert_eq!(changed("fn main() {\r\n}\r\n"), "fn main() {\r\n    schema_build::embed();\r\n}\r\n");
    }

    #[test]
    fn a_comment_beside_the_brace_stays_before_the_code() {
        assert_eq!(
            changed("fn main() { // why\n    a();\n}\n"),
            "fn main() {\n    schema_build::embed();\n    // why\n    a();\n}\n"
        );
    }

    #[test]
    fn a_body_with_tabs_keeps_to_them() {
        assert_eq!(changed("fn main() {\n\ta();\n}\n"), "fn main() {\n\tschema_build::embed();\n\ta();\n}\n");
    }

    #[test]
    fn a_return_type_does_not_matter() {
        let source = "fn main() -> Result<(), Box<dyn std::error::Error>> {\n    Ok(())\n}\n";
        assert!(changed(source).contains("Error>> {\n    schema_build::embed();\n    Ok(())"));
    }

    #[test]
    fn inner_attributes_and_other_items_may_come_before() {
        assert!(changed("#![allow(x)]\nfn main() {\n}\n").contains("embed"));
        assert!(changed("mod a { fn main() {} }\npub fn main() {\n}\n").ends_with("embed();\n}\n"));
    }

    #[test]
    fn code_that_embeds_already_is_left_alone() {
        assert_eq!(add_statement("fn main() { schema_build::embed() }"), Edit::Unchanged);
        assert_eq!(add_statement("fn main() { if x { ::schema_build :: embed(); } }"), Edit::Unchanged);
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        let source = "// schema_build::embed() fn main() {}\nfn main() {\n    a(\"fn main() { schema_build::embed() }\");\n}\n";
        assert!(changed(source).contains("fn main() {\n    schema_build::embed();\n    a("));
    }

    #[test]
    fn anything_unusual_is_left_to_a_person() {
        for source in [
            "",
            "fn main() {",
            "use other::main;",
            "mod a { fn main() {} }",
            "async fn main() {}",
            "#[tokio::main]\nfn main() {}",
            "#[cfg(unix)]\nfn main() {}\n#[cfg(windows)]\nfn main() {}",
            "fn main() { #![allow(x)] }",
            "fn main<T>() {}",
            "make! { fn main() {} }",
        ] {
            assert_eq!(add_statement(source), Edit::Unsure, "{source}");
        }
    }

    #[test]
    fn the_template_embeds() {
        assert_eq!(add_statement(TEMPLATE), Edit::Unchanged);
    }
}
