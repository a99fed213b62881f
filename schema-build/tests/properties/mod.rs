//! What holds for every script whatsoever. Shared by the generated scripts of `lexer.rs` and by the fuzz target.

use schema_build::checksum::checksum;
use schema_build::statement::{Kind, Lexed, Token, lex, read, tokens};
use schema_runtime::dialect::Dialect;

/// Panics when the lexer loses, invents or misplaces something.
pub(crate) fn check_all(sql: &str) {
    for dialect in Dialect::ALL {
        let found: Vec<Token> = tokens(sql, dialect).collect();
        let lexed = lex(sql, dialect);
        tokens_leave_out_nothing_but_white_space(sql, &found);
        statements_are_apart_and_in_order(sql, &lexed);
        one_pass_gives_what_two_give(sql, dialect, &lexed);
        if lexed.problems.is_empty() {
            statements_hold_every_token(&found, &lexed);
            layout_does_not_count(sql, dialect, &found, &lexed);
            statements_stand_alone(sql, dialect, &lexed);
        }
    }
}

fn tokens_leave_out_nothing_but_white_space(sql: &str, found: &[Token]) {
    let mut end = 0;
    for token in found {
        assert!(token.start < token.end, "{token:?} is empty");
        assert!(is_blank(&sql[end..token.start]), "something was lost before {token:?}");
        end = token.end;
    }
    assert!(is_blank(&sql[end..]), "something was lost at the end");
}

fn is_blank(gap: &str) -> bool {
    gap.trim_start_matches('\u{feff}').bytes().all(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
}

fn statements_are_apart_and_in_order(sql: &str, lexed: &Lexed) {
    let mut end = 0;
    for statement in &lexed.statements {
        assert!(end <= statement.start && statement.start < statement.end, "{statement:?} is misplaced");
        assert!(
            sql.get(statement.start as usize..statement.end as usize).is_some(),
            "{statement:?} cuts a character"
        );
        end = statement.end;
    }
    assert!(lexed.problems.is_sorted_by_key(|problem| problem.offset));
    assert!(lexed.problems.iter().all(|problem| sql.is_char_boundary(problem.offset)));
}

/// Everything but comments and what ends statements is in one.
fn statements_hold_every_token(found: &[Token], lexed: &Lexed) {
    let mut statements = lexed.statements.iter().peekable();
    for token in found {
        while statements.next_if(|statement| (statement.end as usize) <= token.start).is_some() {}
        let inside = statements.peek().is_some_and(|statement| {
            (statement.start as usize) <= token.start && token.end <= statement.end as usize
        });
        match token.kind {
            Kind::Delimiter | Kind::Directive => assert!(!inside, "{token:?} ends no statement"),
            Kind::Comment | Kind::Semicolon => {}
            _ => assert!(inside, "{token:?} is in no statement"),
        }
    }
}

fn one_pass_gives_what_two_give(sql: &str, dialect: Dialect, lexed: &Lexed) {
    let (same, hash) = read(sql, dialect);
    assert_eq!(&same, lexed);
    assert_eq!(hash, checksum(sql, dialect));
}

/// More white space where there is some, and a terminator at the end, change neither statements nor checksum.
fn layout_does_not_count(sql: &str, dialect: Dialect, found: &[Token], lexed: &Lexed) {
    let mut spaced = String::new();
    let mut end = 0;
    for token in found {
        let gap = &sql[end..token.start];
        spaced.push_str(gap);
        spaced.push_str(if is_blank(gap) && !gap.is_empty() { " \t" } else { "" });
        spaced.push_str(&sql[token.range()]);
        end = token.end;
    }
    spaced.push_str("\n\r\n");
    let again = lex(&spaced, dialect);
    assert_eq!(kinds(&again), kinds(lexed), "{dialect}: {spaced:?}");
    assert_eq!(checksum(&spaced, dialect), checksum(sql, dialect), "{dialect}: {spaced:?}");
}

fn kinds(lexed: &Lexed) -> Vec<schema_runtime::revision::StatementKind> {
    lexed.statements.iter().map(|statement| statement.kind).collect()
}

/// A statement that is cut out and cut again is the same statement. In MySQL its delimiter may be missing then.
fn statements_stand_alone(sql: &str, dialect: Dialect, lexed: &Lexed) {
    for statement in lexed.statements.iter().filter(|_| dialect != Dialect::Mysql) {
        let text = &sql[statement.start as usize..statement.end as usize];
        let alone = lex(text, dialect);
        if !text.starts_with('\u{feff}') {
            assert_eq!(kinds(&alone), [statement.kind], "{dialect}: {text:?}");
        }
    }
}
