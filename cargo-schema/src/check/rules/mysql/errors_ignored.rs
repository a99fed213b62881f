//! `errors-ignored`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "errors-ignored",
    level: Allow,
    ways: Up,
    about: "IGNORE turns errors into warnings",
    why: "INSERT IGNORE and UPDATE IGNORE drop rows that break a key, and bend values that do not fit, \
          without an error.",
    instead: "Leave IGNORE out, and say what should happen: ON DUPLICATE KEY UPDATE",
    find,
    examples: &[
        fires(users!(), "INSERT IGNORE INTO users (id, email) VALUES (1, 'z');", Claim::Runs),
        quiet(users!(), "INSERT INTO users (id, email) VALUES (9, 'IGNORE');"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let (table, text) = match site.act {
        Act::Insert(insert) => (&insert.table, &insert.expr.text),
        Act::Update(change) | Act::Delete(change) => (&change.table, &change.expr.text),
        _ => return,
    };
    if text.split_whitespace().take(3).any(|word| word.eq_ignore_ascii_case("ignore")) {
        hits.push(
            Hit::new(site.span, format!("rows of `{table}` that do not fit are dropped or bent without an error"))
                .help("leave IGNORE out, and say what should happen"),
        );
    }
}
