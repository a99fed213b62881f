//! Names, types, expressions, columns and constraints of PostgreSQL.

use squawk_syntax::SyntaxKind::{self, *};

use super::super::part::{
    Column, Constraint, ConstraintKind, Expr, ForeignKey, Generated, IndexItem, Key, Name, Type,
};
use super::node::Node;

/// The name that a node is: `public.users`, `"Users"`.
pub(super) fn name(node: &Node) -> Name {
    let parts: Vec<String> = node
        .tokens()
        .filter(|token| !matches!(token.kind(), DOT | ONLY_KW | STAR | L_PAREN | R_PAREN))
        .map(|token| fold(token.text()))
        .collect();
    let mut parts = parts.into_iter().rev();
    Name { name: parts.next().unwrap_or_default(), schema: parts.next(), span: node.span() }
}

/// The first name of a kind anywhere below.
pub(super) fn name_of(node: &Node, kind: SyntaxKind) -> Name {
    node.find(kind).map(|found| name(&found)).unwrap_or_default()
}

/// All names of a kind anywhere below.
pub(super) fn names(node: &Node, kind: SyntaxKind) -> Vec<Name> {
    node.all(kind).map(|found| name(&found)).collect()
}

/// An identifier as PostgreSQL reads it.
pub(super) fn fold(text: &str) -> String {
    let unescaped = text.strip_prefix("U&").or_else(|| text.strip_prefix("u&")).unwrap_or(text);
    match unescaped.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => text.to_lowercase(),
    }
}

/// A column that a node names directly.
pub(super) fn column_name(node: &Node) -> String {
    name_of(node, COLUMN_NAME_REF).name
}

/// A string literal without quotes.
pub(super) fn string(text: &str) -> Option<String> {
    let rest = text.strip_prefix(['e', 'E']).unwrap_or(text);
    let inner = rest.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// Whether a node is a type.
fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        ARRAY_TYPE
            | BIT_TYPE
            | BIT_VARYING_TYPE
            | CHARACTER_TYPE
            | DOUBLE_TYPE
            | INTERVAL_TYPE
            | PATH_TYPE
            | TIME_TYPE
            | TIMESTAMP_TYPE
            | VARCHAR_TYPE
    )
}

/// The type directly below a node.
pub(super) fn ty(node: &Node) -> Option<Type> {
    node.nodes().find(|child| is_type(child.kind())).map(|found| read_type(&found))
}

fn read_type(node: &Node) -> Type {
    let text = node.text();
    if node.kind() == ARRAY_TYPE {
        let dimensions = node.children(ARRAY_BOUND).count().max(1);
        let inner = node.nodes().find(|child| is_type(child.kind())).map(|it| read_type(&it));
        return Type { dimensions, text, ..inner.unwrap_or_default() };
    }
    let arguments = node.all(LITERAL).filter_map(|literal| literal.text().parse().ok()).collect();
    let word = type_word(node);
    let (name, is_serial) = canonical(&word);
    Type { name: name.to_owned(), arguments, text, is_serial, ..Type::default() }
}

fn type_word(node: &Node) -> String {
    let zone = |node: &Node| if node.holds(WITH_TIMEZONE) { "with" } else { "without" };
    match node.kind() {
        VARCHAR_TYPE => "varchar".to_owned(),
        CHARACTER_TYPE => "char".to_owned(),
        BIT_TYPE => "bit".to_owned(),
        BIT_VARYING_TYPE => "varbit".to_owned(),
        DOUBLE_TYPE => "float8".to_owned(),
        INTERVAL_TYPE => "interval".to_owned(),
        TIME_TYPE => format!("time {} time zone", zone(node)),
        TIMESTAMP_TYPE => format!("timestamp {} time zone", zone(node)),
        _ => node.child(PATH_REF).map(|path| name(&path).name).unwrap_or_default(),
    }
}

/// PostgreSQL's own word for a type, and whether it is a serial.
fn canonical(word: &str) -> (&str, bool) {
    match word {
        "int" | "int4" => ("integer", false),
        "int8" => ("bigint", false),
        "int2" => ("smallint", false),
        "serial" | "serial4" => ("integer", true),
        "bigserial" | "serial8" => ("bigint", true),
        "smallserial" | "serial2" => ("smallint", true),
        "decimal" | "dec" => ("numeric", false),
        "float8" | "float" => ("double precision", false),
        "float4" => ("real", false),
        "varchar" => ("character varying", false),
        "char" | "bpchar" => ("character", false),
        "varbit" => ("bit varying", false),
        "bool" => ("boolean", false),
        "timestamptz" => ("timestamp with time zone", false),
        "timestamp" => ("timestamp without time zone", false),
        "timetz" => ("time with time zone", false),
        "time" => ("time without time zone", false),
        other => (other, false),
    }
}

/// An expression, whatever kind of node it is.
pub(super) fn expr(node: &Node) -> Expr {
    let mut expr = Expr { text: node.text(), ..Expr::default() };
    expr.is_null = expr.text.eq_ignore_ascii_case("null") || expr.text.to_lowercase().starts_with("null::");
    for below in node.syntax().descendants() {
        let below = Node::root(below, 0);
        match below.kind() {
            CALL_EXPR => expr.calls.extend(called(&below)),
            NAME_REF => note_name(&below, &mut expr),
            SELECT | COMPOUND_SELECT | TABLE => expr.has_query = true,
            LITERAL => expr.strings.extend(string(&below.text())),
            _ => {}
        }
    }
    proofs(node, &mut expr.proves_not_null);
    expr
}

/// The expression among the nodes directly below.
pub(super) fn expr_in(node: &Node) -> Option<Expr> {
    node.nodes().find(|child| is_expression(child.kind())).map(|found| expr(&found))
}

fn is_expression(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        ARRAY_EXPR
            | BETWEEN_EXPR
            | BIN_EXPR
            | CALL_EXPR
            | CASE_EXPR
            | CAST_EXPR
            | COLLATE
            | FIELD_EXPR
            | INDEX_EXPR
            | LITERAL
            | NAME_REF
            | PAREN_EXPR
            | POSTFIX_EXPR
            | PREFIX_EXPR
            | SLICE_EXPR
            | TUPLE_EXPR
    )
}

fn called(call: &Node) -> Option<String> {
    let first = call.nodes().next()?;
    if !matches!(first.kind(), NAME_REF | FIELD_EXPR) {
        return first.tokens().next().map(|token| token.text().to_lowercase());
    }
    first.tokens().last().map(|token| fold(token.text()))
}

/// A bare name is a column, or one of the words that are functions without brackets.
fn note_name(node: &Node, expr: &mut Expr) {
    let is_callee = node.syntax().parent().is_some_and(|parent| {
        parent.kind() == CALL_EXPR && parent.first_child().is_some_and(|first| &first == node.syntax())
    });
    let text = node.text();
    let folded = fold(&text);
    match folded.as_str() {
        "current_timestamp" | "current_date" | "current_time" | "localtime" | "localtimestamp"
        | "current_user" | "session_user" | "user"
            if !text.starts_with('"') =>
        {
            expr.calls.push(folded);
        }
        _ if is_callee => {}
        _ => expr.columns.push(folded),
    }
}

/// The columns that are not NULL where this is true.
fn proofs(node: &Node, proven: &mut Vec<String>) {
    match node.kind() {
        PAREN_EXPR => node.nodes().for_each(|inner| proofs(&inner, proven)),
        BIN_EXPR if node.has(AND_KW) => node.nodes().for_each(|side| proofs(&side, proven)),
        BIN_EXPR if node.has(IS_NOT) => {
            let mut sides = node.nodes().filter(|side| side.kind() != IS_NOT);
            let (left, right) = (sides.next(), sides.next());
            if let (Some(left), Some(right)) = (left, right)
                && right.text().eq_ignore_ascii_case("null")
            {
                proven.extend(bare_column(&left));
            }
        }
        POSTFIX_EXPR if node.words().ends_with("notnull") => {
            proven.extend(node.nodes().next().and_then(|inner| bare_column(&inner)));
        }
        _ => {}
    }
}

fn bare_column(node: &Node) -> Option<String> {
    match node.kind() {
        NAME_REF => Some(fold(&node.text())),
        PAREN_EXPR => node.nodes().next().and_then(|inner| bare_column(&inner)),
        _ => None,
    }
}

/// A column of CREATE TABLE or ADD COLUMN.
pub(super) fn column(node: &Node) -> Column {
    let column_name = node.child(COLUMN_NAME).map(|found| name(&found)).unwrap_or_default();
    let mut column = Column { ty: ty(node), span: node.span(), name: column_name, ..Column::default() };
    column.collation =
        node.child(COLLATE).map(|it| it.tokens().last().map(|t| fold(t.text())).unwrap_or_default());
    for clause in node.nodes() {
        match clause.kind() {
            NOT_NULL_CONSTRAINT => column.not_null = true,
            DEFAULT_CONSTRAINT => column.default = expr_in(&clause),
            GENERATED_CONSTRAINT => generated(&clause, &mut column),
            _ => column.constraints.extend(constraint(&clause, Some(&column.name.name))),
        }
    }
    column
}

fn generated(clause: &Node, column: &mut Column) {
    match clause.child(GENERATED_STORED) {
        Some(stored) => {
            let is_stored = !stored.holds(VIRTUAL_KW);
            column.generated = Some(Generated { expr: expr_in(&stored).unwrap_or_default(), is_stored });
        }
        None => {
            column.is_numbered = true;
            let begins = |word: &str| matches!(word, "start" | "minvalue" | "increment");
            column.words.extend(clause.words().split(' ').any(begins).then(|| "start".to_owned()));
        }
    }
}

/// A constraint of a table, or of the column that it stands beside.
pub(super) fn constraint(node: &Node, beside: Option<&str>) -> Option<Constraint> {
    let own = || beside.map(str::to_owned).into_iter().collect::<Vec<_>>();
    let kind = match node.kind() {
        PRIMARY_KEY_CONSTRAINT => ConstraintKind::PrimaryKey(key(node, own())),
        UNIQUE_CONSTRAINT => ConstraintKind::Unique(key(node, own())),
        CHECK_CONSTRAINT => ConstraintKind::Check(expr_in(node).unwrap_or_default()),
        EXCLUDE_CONSTRAINT => ConstraintKind::Exclude,
        NOT_NULL_CONSTRAINT => ConstraintKind::NotNull(column_name(node)),
        REFERENCES_CONSTRAINT => ConstraintKind::ForeignKey(ForeignKey {
            columns: own(),
            references: node.children(COLUMN_NAME_REF).map(|it| name(&it).name).collect(),
            ..foreign_key(node)
        }),
        FOREIGN_KEY_CONSTRAINT => {
            let mut lists = node.children(FOREIGN_KEY_COLUMN_LIST).map(|list| columns(&list));
            ConstraintKind::ForeignKey(ForeignKey {
                columns: lists.next().unwrap_or_default(),
                references: lists.next().unwrap_or_default(),
                ..foreign_key(node)
            })
        }
        _ => return None,
    };
    let given = node.child(CONSTRAINT_NAME_CLAUSE).map(|clause| name_of(&clause, CONSTRAINT_NAME));
    Some(Constraint { name: given, kind, is_not_valid: node.has(NOT_VALID), span: node.span() })
}

fn key(node: &Node, own: Vec<String>) -> Key {
    let listed: Vec<String> = node
        .child(INDEX_PARAMETERS)
        .and_then(|parameters| parameters.child(CONSTRAINT_COLUMN_REF_LIST))
        .map(|list| columns(&list))
        .unwrap_or_default();
    let using_index = node.child(USING_INDEX_NAME).map(|using| name_of(&using, INDEX_REF));
    let columns = if listed.is_empty() && using_index.is_none() { own } else { listed };
    Key { columns, using_index }
}

fn foreign_key(node: &Node) -> ForeignKey {
    let words = node.child(ON_DELETE_ACTION).map(|action| action.words()).unwrap_or_default();
    let on_delete = ["cascade", "set null", "set default"].into_iter().find(|action| words.contains(action));
    ForeignKey {
        table: name_of(node, TABLE_NAME_REF),
        cascades: on_delete == Some("cascade"),
        on_delete: on_delete.map(str::to_owned),
        ..ForeignKey::default()
    }
}

/// The columns of a list.
pub(super) fn columns(list: &Node) -> Vec<String> {
    list.all(COLUMN_NAME_REF).map(|it| name(&it).name).collect()
}

/// An item of an index.
pub(super) fn index_item(node: &Node) -> IndexItem {
    let column = node.child(NAME_REF).map(|found| fold(&found.text()));
    IndexItem { column, text: node.text(), prefix: None }
}
