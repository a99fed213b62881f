//! Names, strings, types and expressions of MySQL and MariaDB.

use schema_build::statement::Kind;

use super::super::part::{Expr, Type};
use super::cursor::{Cursor, Piece, Unread};

/// A name or string without its quotes, whichever they are.
pub(super) fn unquoted(text: &str) -> String {
    let Some(quote) = text.chars().last().filter(|quote| matches!(quote, '`' | '\'' | '"')) else {
        return text.to_owned();
    };
    let Some(open) = text.find(quote).filter(|open| open + 1 < text.len()) else { return text.to_owned() };
    let inner = &text[open + 1..text.len() - 1];
    let doubled = format!("{quote}{quote}");
    let inner = inner.replace(&doubled, &quote.to_string());
    if quote == '`' { inner } else { inner.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\") }
}

/// The type that stands here.
pub(super) fn ty(cursor: &mut Cursor<'_, '_>) -> Result<Type, Unread> {
    let before = cursor.clone();
    let word = type_word(cursor)?;
    let mut ty = canonical(&word);
    if let Some(mut group) = cursor.group_if_any()? {
        ty.arguments.clear();
        while let Some(piece) = group.advance() {
            match piece.kind {
                Kind::String => ty.values.push(unquoted(piece.text)),
                _ => ty.arguments.extend(piece.text.parse::<u32>().ok()),
            }
        }
    }
    while cursor.sees_any(&["unsigned", "signed", "zerofill", "binary", "ascii", "unicode", "byte"]) {
        let modifier = cursor.word_here().to_lowercase();
        cursor.advance();
        match modifier.as_str() {
            "signed" => {}
            "zerofill" => ty.modifiers.extend(["zerofill".to_owned(), "unsigned".to_owned()]),
            "byte" => ty.name = "binary".to_owned(),
            _ => ty.modifiers.push(modifier),
        }
    }
    ty.modifiers.sort();
    ty.modifiers.dedup();
    ty.text = cursor.since(&before).text();
    Ok(ty)
}

/// The words of a type, of which some have several.
fn type_word(cursor: &mut Cursor<'_, '_>) -> Result<String, Unread> {
    const LONGER: [&[&str]; 9] = [
        &["double", "precision"],
        &["character", "varying"],
        &["char", "varying"],
        &["national", "character", "varying"],
        &["national", "character"],
        &["national", "varchar"],
        &["national", "char"],
        &["long", "varchar"],
        &["long", "varbinary"],
    ];
    if let Some(words) = LONGER.into_iter().find(|words| cursor.takes(words)) {
        return Ok(words.join(" "));
    }
    if cursor.word_here().is_empty() {
        return Err(cursor.unread("a type should stand here"));
    }
    cursor.folded()
}

/// The server's own word for a type.
fn canonical(word: &str) -> Type {
    let mut ty = Type::default();
    let name = match word {
        "integer" | "int4" => "int",
        "int1" => "tinyint",
        "int2" => "smallint",
        "int3" | "middleint" => "mediumint",
        "int8" => "bigint",
        "bool" | "boolean" => {
            ty.arguments.push(1);
            "tinyint"
        }
        "serial" => {
            ty.is_serial = true;
            ty.modifiers.push("unsigned".to_owned());
            "bigint"
        }
        "dec" | "numeric" | "fixed" | "number" => "decimal",
        "real" | "float8" | "double precision" => "double",
        "float4" => "float",
        "character" | "nchar" | "national char" | "national character" => "char",
        "character varying"
        | "char varying"
        | "nvarchar"
        | "national varchar"
        | "varcharacter"
        | "varchar2"
        | "national character varying" => "varchar",
        "long" | "long varchar" => "mediumtext",
        "long varbinary" => "mediumblob",
        other => other,
    };
    ty.name = name.to_owned();
    ty
}

/// An expression: everything that is left.
pub(super) fn expr(cursor: &Cursor<'_, '_>) -> Expr {
    let pieces = cursor.rest();
    let mut expr = Expr { text: cursor.text(), ..Expr::default() };
    expr.is_null = bare(pieces).is_some_and(|only| only.is_word("null"));
    for (at, piece) in pieces.iter().enumerate() {
        let next = pieces.get(at + 1);
        let before = at.checked_sub(1).and_then(|at| pieces.get(at));
        note(piece, before, next, &mut expr);
    }
    expr.proves_not_null = proofs(pieces);
    expr
}

/// The only token but for brackets.
fn bare<'a>(pieces: &[Piece<'a>]) -> Option<Piece<'a>> {
    let mut inner = pieces.iter().filter(|piece| !piece.is_symbol('(') && !piece.is_symbol(')'));
    let first = inner.next().copied();
    first.filter(|_| inner.next().is_none())
}

fn note(piece: &Piece<'_>, before: Option<&Piece<'_>>, next: Option<&Piece<'_>>, expr: &mut Expr) {
    let is_called = next.is_some_and(|next| next.is_symbol('('));
    let is_qualifier = next.is_some_and(|next| next.is_symbol('.'));
    let is_variable = before.is_some_and(|before| before.is_symbol('@') || before.is_symbol(':'));
    match piece.kind {
        Kind::String => expr.strings.push(unquoted(piece.text)),
        Kind::Quoted if !is_qualifier && !is_called && !is_variable => {
            expr.columns.push(unquoted(piece.text).to_lowercase());
        }
        Kind::Word if is_qualifier || is_variable => {}
        Kind::Word => note_word(&piece.text.to_lowercase(), is_called, expr),
        _ => {}
    }
}

fn note_word(word: &str, is_called: bool, expr: &mut Expr) {
    let is_moment = matches!(
        word,
        "current_timestamp"
            | "localtime"
            | "localtimestamp"
            | "current_date"
            | "current_time"
            | "current_user"
            | "utc_timestamp"
            | "utc_date"
            | "utc_time"
    );
    expr.has_query |= word == "select";
    if is_moment || (is_called && !KEYWORDS.contains(&word)) {
        expr.calls.push(word.to_owned());
    } else if !is_called && !KEYWORDS.contains(&word) && !word.starts_with(|c: char| c.is_ascii_digit()) {
        expr.columns.push(word.to_owned());
    }
}

/// Words in expressions and queries that are no columns.
const KEYWORDS: [&str; 69] = [
    "select",
    "from",
    "where",
    "and",
    "or",
    "not",
    "null",
    "is",
    "in",
    "like",
    "between",
    "as",
    "on",
    "join",
    "left",
    "right",
    "inner",
    "outer",
    "cross",
    "natural",
    "straight_join",
    "group",
    "order",
    "by",
    "having",
    "limit",
    "offset",
    "union",
    "all",
    "distinct",
    "case",
    "when",
    "then",
    "else",
    "end",
    "true",
    "false",
    "div",
    "mod",
    "xor",
    "regexp",
    "rlike",
    "interval",
    "exists",
    "set",
    "values",
    "value",
    "using",
    "asc",
    "desc",
    "with",
    "recursive",
    "except",
    "intersect",
    "over",
    "partition",
    "collate",
    "binary",
    "insert",
    "into",
    "update",
    "delete",
    "unknown",
    "escape",
    "any",
    "some",
    "convert",
    "for",
    "unsigned",
];

/// Columns that are not NULL where this is true: what stands before IS NOT NULL, where nothing is joined by OR.
fn proofs(pieces: &[Piece<'_>]) -> Vec<String> {
    if pieces.iter().any(|piece| piece.is_word("or") || piece.is_word("xor") || piece.is_symbol('|')) {
        return Vec::new();
    }
    let is_proof =
        |four: &&[Piece<'_>]| four[1].is_word("is") && four[2].is_word("not") && four[3].is_word("null");
    let names = pieces.windows(4).filter(is_proof).map(|four| four[0]);
    names
        .filter(|it| matches!(it.kind, Kind::Word | Kind::Quoted))
        .map(|it| unquoted(it.text).to_lowercase())
        .collect()
}

/// The tables behind FROM and JOIN, wherever they stand.
pub(super) fn tables(cursor: &Cursor<'_, '_>) -> Vec<super::super::part::Name> {
    let mut names = Vec::new();
    let mut walk = cursor.clone();
    while let Some(piece) = walk.advance() {
        if !(piece.is_word("from") || piece.is_word("join") || piece.is_word("straight_join")) {
            continue;
        }
        loop {
            if !walk.sees_symbol('(') {
                names.extend(walk.clone().name().ok());
            }
            let mut ahead = walk.clone();
            let _ = ahead.name();
            ahead.takes(&["as"]);
            if ahead.peek(0).is_some_and(|it| matches!(it.kind, Kind::Word | Kind::Quoted))
                && !ahead.sees_any(&[
                    "where", "join", "on", "order", "group", "limit", "left", "right", "inner", "union",
                    "set",
                ])
            {
                ahead.advance();
            }
            if !ahead.takes_symbol(',') {
                break;
            }
            walk = ahead;
        }
    }
    names
}
