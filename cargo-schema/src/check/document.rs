//! Pages about rules, made of the rules themselves: for `explain`, and as one document of Markdown.

use schema_build::config::Level;
use schema_build::rule::{Levels, RULES};
use serde_json::{Value, json};

use super::rule::{Claim, Example, Rule};
use super::rules;

/// What a page says below the rule's sentence.
pub(crate) fn body(rule: &Rule) -> String {
    let examples: String = rule.examples.iter().map(shown).collect();
    format!("{}\n\nInstead\n\n{}\n\n{examples}", wrapped(rule.why), wrapped(rule.instead))
}

/// An example as data: the SQL, and what an engine is said to do with it.
pub(crate) fn example(example: &Example) -> Value {
    let (kind, words) = match example.claim {
        Claim::Quiet => ("quiet", vec![]),
        Claim::Fails(code) => ("fails", vec![code]),
        Claim::Locks(mode, table) => ("locks", vec![mode, table]),
        Claim::Rewrites(table) => ("rewrites", vec![table]),
        Claim::Loses(query) => ("loses", vec![query]),
        Claim::Breaks(statement) => ("breaks", vec![statement]),
        Claim::Spoils(query) => ("spoils", vec![query]),
        Claim::Runs => ("runs", vec![]),
    };
    json!({
        "before": example.before,
        "sql": example.sql,
        "run_in_transaction": !example.is_outside,
        "claim": kind,
        "of": words,
    })
}

fn shown(example: &Example) -> String {
    let heading = match example.claim {
        Claim::Quiet => "This is fine",
        _ => "Found in this",
    };
    let mode = if example.is_outside { ", with `run_in_transaction = false`" } else { "" };
    let before = match example.before {
        "" => String::new(),
        sql => format!("    -- released before\n{}", indented(sql)),
    };
    let now = if example.before.is_empty() { "" } else { "    -- this revision\n" };
    format!("{heading}{mode}:\n\n{before}{now}{}\n", indented(example.sql))
}

fn indented(sql: &str) -> String {
    sql.lines().flat_map(statements).map(|line| format!("    {line}\n")).collect()
}

/// Statements on one line, one below the other.
fn statements(line: &str) -> Vec<&str> {
    if line.contains(['$', '\'', '-']) {
        vec![line]
    } else {
        line.split_inclusive("; ").map(str::trim_end).collect()
    }
}

/// Prose in lines of a hundred characters; what is indented stays as it is.
fn wrapped(text: &str) -> String {
    text.lines().map(wrapped_line).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str) -> String {
    if line.starts_with(' ') {
        return line.to_owned();
    }
    let mut wrapped = String::new();
    let mut width = 0;
    for word in line.split_whitespace() {
        if width > 0 && width + word.chars().count() >= 100 {
            wrapped.push('\n');
            width = 0;
        } else if width > 0 {
            wrapped.push(' ');
            width += 1;
        }
        wrapped.push_str(word);
        width += word.chars().count();
    }
    wrapped
}

/// All rules, as Markdown.
pub(crate) fn all() -> String {
    let others: Vec<String> = RULES.iter().map(short).collect();
    let pages: Vec<String> = rules::all().map(|(folder, rule)| page(folder, rule)).collect();
    format!(
        "# Rules\n\nWritten by `cargo schema explain --all` from the rules themselves.\n\n{}\n\
         # Rules that look at SQL\n\n`cargo schema check` runs them over every revision; none needs a database. \
         What a rule says of an engine is asked\nof that engine in a test.\n\n{}",
        others.join("\n"),
        pages.join("\n")
    )
}

/// A rule that looks at no SQL says all in its sentence.
fn short(rule: &schema_build::rule::Rule) -> String {
    let levels = match rule.levels {
        Levels::Defect => "an error, always".to_owned(),
        Levels::Judgement(build, check, _) => {
            format!("{} in a build, {} in a check", word(build), word(check))
        }
    };
    format!("## {}\n\nAbout {}; {levels}. It finds that {}.\n", rule.id, rule.family.name(), rule.about)
}

/// What a rule of this level does.
pub(crate) fn word(level: Level) -> &'static str {
    match level {
        Level::Allow => "nothing",
        Level::Warn => "a warning",
        Level::Deny => "an error",
    }
}

fn page(folder: &str, rule: &Rule) -> String {
    let engine = match folder {
        "common" => "every engine",
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL and MariaDB",
        _ => "SQLite",
    };
    let level = match rule.level {
        Level::Allow => "off, unless configured",
        Level::Warn => "a warning",
        Level::Deny => "an error",
    };
    format!("## {}\n\nFor {engine}; {level}. It finds that {}.\n\n{}", rule.id, rule.about, body(rule))
}
