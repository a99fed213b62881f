//! `add-column-check`.

use crate::check::rules::prelude::*;
use crate::check::sql::part::Expr;

pub(super) static RULE: Rule = Rule {
    id: "add-column-check",
    level: Deny,
    ways: Up,
    about: "a column is added with a check that rows which are there break",
    why: "SQLite asks the check of every row that is there, with the new column at its default. A check \
          that needs a value, or looks at other columns, fails then; on an empty table it works.",
    instead: "Give it a default that satisfies it; where it looks at other columns, correct the rows first \
          and rebuild the table:\n\
          \n    \
          ALTER TABLE users ADD COLUMN level INTEGER NOT NULL DEFAULT 1 CHECK (level > 0);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER CHECK (level IS NOT NULL);",
            Claim::Fails("CHECK constraint failed"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER NOT NULL DEFAULT 0 CHECK (level > 0);",
            Claim::Fails("CHECK constraint failed"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER CHECK (age > 1);",
            Claim::Fails("CHECK constraint failed"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER NOT NULL DEFAULT 1 CHECK (level IN (1, 2, 3) AND level > 0);",
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN code TEXT NOT NULL DEFAULT 'ab' CHECK (length(code) BETWEEN 3 AND 9);",
            Claim::Fails("CHECK constraint failed"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN level INTEGER CHECK (level > 0);",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "ALTER TABLE users ADD COLUMN code TEXT NOT NULL DEFAULT 'abc' CHECK (length(code) BETWEEN 3 AND 9);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in site.added_columns().filter(|(table, _)| !site.is_empty(table)) {
        let name = column.name.name.as_str();
        let default = column.default.as_ref().filter(|default| !default.is_null);
        for constraint in &column.constraints {
            let ConstraintKind::Check(check) = &constraint.kind else { continue };
            if is_broken(check, name, default) {
                hits.push(
                    Hit::new(&column.span, format!("this fails as soon as a row of `{table}` breaks `CHECK ({})`", check.text))
                        .help("give it a default that satisfies the check; where it looks at other columns, rebuild the table"),
                );
            }
        }
    }
}

/// What looks at other columns may be broken; of the column itself the simplest comparisons are followed.
fn is_broken(check: &Expr, column: &str, default: Option<&Expr>) -> bool {
    let value = default.map(|default| default.text.trim_matches(['(', ')']).replace("- ", "-"));
    let is_word = |name: &String| matches!(name.as_str(), "true" | "false");
    check.columns.iter().any(|own| own != column && !is_word(own))
        || comparisons(&check.text).iter().any(|part| is_false(part, column, value.as_deref()))
}

/// What is joined by AND, with `a BETWEEN b AND c` as the two comparisons that it is.
fn comparisons(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(" AND ") {
        match parts.last().and_then(|last| last.split_once(" BETWEEN ")) {
            Some((operand, low)) => {
                let (low, high) = (format!("{operand} >= {low}"), format!("{operand} <= {part}"));
                parts.pop();
                parts.extend([low, high]);
            }
            None => parts.push(part.to_owned()),
        }
    }
    parts
}

/// Whether a comparison of the column with constants is false of a value; NULL makes it neither true nor false.
fn is_false(part: &str, column: &str, value: Option<&str>) -> bool {
    let length = format!("length ({column}) ");
    if let (Some(rest), Some(value)) = (part.strip_prefix(&length), value) {
        let count = value.trim_matches('\'').chars().count().to_string();
        return is_false(&format!("{column} {rest}"), column, Some(&count));
    }
    let Some((left, rest)) = part.split_once(' ') else { return false };
    let (operator, operand) = rest.split_once(' ').unwrap_or((rest, ""));
    let Some(value) = value else {
        return left == column && (operator == "NOTNULL" || (operator == "IS" && operand == "NOT NULL"));
    };
    if left != column {
        return false;
    }
    if operator == "IN" {
        let list = operand.trim_start_matches('(').trim_end_matches(')');
        return !list.contains('(') && !list.split(", ").any(|item| item == value);
    }
    let (Ok(own), Ok(other)) = (value.parse::<f64>(), operand.parse::<f64>()) else {
        let is_text = operand.starts_with('\'') && value.starts_with('\'');
        return is_text && ((operator == "<>" && value == operand) || (operator == "=" && value != operand));
    };
    match operator {
        ">" => own <= other,
        ">=" => own < other,
        "<" => own >= other,
        "<=" => own > other,
        "=" => own != other,
        "<>" => own == other,
        _ => false,
    }
}
