//! `check-of-the-moment`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_of_the_moment;

pub(super) static RULE: Rule = Rule {
    id: "check-of-the-moment",
    level: Warn,
    ways: Up,
    about: "a check asks for the time, or for chance",
    why: "SQLite asks it when a row is written and never again. A row that was right then is refused \
          later, when somebody changes another column, and when the table is rebuilt.",
    instead: "Check where the row is written, or compare columns with each other.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, due TEXT CHECK (due > datetime('now')));",
            Claim::Runs,
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, made TEXT DEFAULT (datetime('now')), due TEXT, CHECK (due > made AND date(due) IS NOT NULL));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let constraints: Vec<&Constraint> = match site.act {
        Act::CreateTable(create) => create.columns.iter().flat_map(|column| &column.constraints).chain(&create.constraints).collect(),
        _ => site.added_constraints().map(|(_, constraint)| constraint).collect(),
    };
    for constraint in constraints {
        let ConstraintKind::Check(check) = &constraint.kind else { continue };
        if is_of_the_moment(check) {
            hits.push(
                Hit::new(&constraint.span, format!("`CHECK ({})` is true of a row today and not tomorrow", check.text))
                    .help("check where the row is written, or compare columns with each other"),
            );
        }
    }
}
