//! PostgreSQL's words: names with and without quotes and schemas, and texts in a form in which equal ones are equal.
//! Pure.

use schema_build::statement::{Kind, tokens};
use schema_runtime::dialect::Dialect;

use super::array::cast_by_element;

/// Words that PostgreSQL's `quote_ident` puts into quotes (15, and what came since), sorted.
const KEYWORDS: [&str; 152] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// A name as it is written in SQL: in quotes only where it must be.
pub(crate) fn quoted(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && KEYWORDS.binary_search(&name).is_err()
}

/// The schema, where it is not the default one, and the name in it: `audit.users`.
pub(super) fn split(name: &str) -> (Option<&str>, &str) {
    name.split_once('.').map_or((None, name), |(schema, name)| (Some(schema), name))
}

/// A name with its schema, as it is written in SQL.
pub(crate) fn path(name: &str) -> String {
    match split(name) {
        (None, name) => quoted(name),
        (Some(schema), name) => format!("{}.{}", quoted(schema), quoted(name)),
    }
}

/// A name in the schema of a table: where that table's indexes and sequences are.
pub(super) fn beside(table: &str, name: &str) -> String {
    match split(table) {
        (None, _) => quoted(name),
        (Some(schema), _) => format!("{}.{}", quoted(schema), quoted(name)),
    }
}

/// Names in brackets, as in `(a, b)`, without the brackets.
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    names.iter().map(|name| quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A text as an SQL string.
pub(crate) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as PostgreSQL understands what is written: without its quotes, or in small letters.
pub(crate) fn unquoted(text: &str) -> String {
    match text.as_bytes() {
        [b'"', .., b'"'] if text.len() > 1 => text[1..text.len() - 1].replace("\"\"", "\""),
        _ => text.to_ascii_lowercase(),
    }
}

/// Any SQL in a form in which white space, comments, the case of words, needless quotes and brackets around the
/// whole do not matter, nor whether an array is cast or each of its elements.
pub(crate) fn canonical(sql: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(sql, Dialect::Postgres).filter(|token| token.kind != Kind::Comment) {
        let text = &sql[token.range()];
        match (token.kind, text, words.last().map(String::as_str)) {
            (Kind::Word, _, _) => words.push(text.to_ascii_lowercase()),
            (Kind::Quoted, _, _) => words.push(bare(text)),
            (_, "=", Some("!")) => {
                words.pop();
                words.extend(["<".to_owned(), ">".to_owned()]);
            }
            (_, ")", Some("(")) if words.len() > 1 && words[words.len() - 2] == "now" => {
                words.truncate(words.len() - 2);
                words.push("current_timestamp".to_owned());
            }
            (_, _, _) => words.push(text.to_owned()),
        }
    }
    unwrapped(&cast_by_element(&words)).join(" ")
}

/// A quoted name as a bare one, unless it needs its quotes.
fn bare(text: &str) -> String {
    let name = unquoted(text);
    let is_word = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_word && !name.is_empty() { name } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Without brackets around the whole.
fn unwrapped(mut words: &[String]) -> &[String] {
    while let [first, inner @ .., last] = words
        && first == "("
        && last == ")"
        && is_balanced(inner)
    {
        words = inner;
    }
    words
}

fn is_balanced(words: &[String]) -> bool {
    let mut depth = 0_usize;
    for word in words {
        match word.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => return false,
            ")" => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

/// Whether the SQL mentions this name anywhere, as a name or in a string.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql, Dialect::Postgres).any(|token| {
        let text = &sql[token.range()];
        match token.kind {
            Kind::Word | Kind::Quoted => unquoted(text) == name,
            Kind::String => {
                text.trim_start_matches(['e', 'E']).trim_matches('\'') == name.replace('\'', "''")
            }
            _ => false,
        }
    })
}

/// The SQL with a column's name replaced, wherever it is used as a name.
pub(crate) fn renamed(sql: &str, from: &str, to: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql, Dialect::Postgres) {
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted);
        if is_name
            && unquoted(&sql[token.range()]) == from
            && is_column(&sql[..token.start], &sql[token.end..])
        {
            text.push_str(&sql[rest..token.start]);
            text.push_str(&quoted(to));
            rest = token.end;
        }
    }
    text + &sql[rest..]
}

/// An expression after a type that it casts to got another name.
pub(crate) fn retyped(sql: &str, from: &str, to: &str) -> String {
    let (from, to) = (path(from), path(to));
    let goes_on =
        |after: &str| after.starts_with(|next: char| next.is_alphanumeric() || "_$.".contains(next));
    let is_it = |start: usize| {
        sql[..start].ends_with("::") && sql[start..].strip_prefix(&from).is_some_and(|after| !goes_on(after))
    };
    let mut text = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql, Dialect::Postgres).filter(|token| is_it(token.start)) {
        text.push_str(&sql[rest..token.start]);
        text.push_str(&to);
        rest = token.start + from.len();
    }
    text + &sql[rest..]
}

/// Neither a function nor a type.
fn is_column(before: &str, after: &str) -> bool {
    !after.trim_start().starts_with('(') && !before.ends_with("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn names_are_quoted_when_they_must_be() {
        assert_eq!(quoted("users"), "users");
        assert_eq!(quoted("Users"), "\"Users\"");
        assert_eq!(quoted("order"), "\"order\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(path("audit.Log"), "audit.\"Log\"");
        assert_eq!(unquoted("\"a\"\"B\""), "a\"B");
        assert_eq!(unquoted("Users"), "users");
    }

    #[test]
    fn equal_expressions_have_equal_texts() {
        assert_eq!(canonical(" ( Stock>=0 ) "), canonical("\"stock\" >= 0 -- never below"));
        assert_eq!(canonical("a != 'B'"), canonical("a <> 'B'"));
        assert_eq!(canonical("now()"), canonical("CURRENT_TIMESTAMP"));
        assert_ne!(canonical("\"Stock\" > 0"), canonical("stock > 0"));
        assert_ne!(canonical("a = 'b'"), canonical("a = 'B'"));
    }

    #[test]
    fn renaming_leaves_strings_types_and_functions_alone() {
        assert_eq!(
            renamed("a > 'a'::a AND a(b) > t.a", "a", "Order"),
            "\"Order\" > 'a'::a AND a(b) > t.\"Order\""
        );
        assert!(mentions("x = 'it''s'::mood", "it's"));
    }

    #[test]
    fn types_are_renamed_where_they_are_types() {
        assert_eq!(
            retyped("'::a' || x::a || y::ab || a::a[] || z::s.a", "a", "Order"),
            "'::a' || x::\"Order\" || y::ab || a::\"Order\"[] || z::s.a"
        );
        assert_eq!(retyped("x::s.a", "s.a", "s.b"), "x::s.b");
    }
}
