//! `zero-date`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "zero-date",
    level: Warn,
    ways: Up,
    about: "a date is '0000-00-00'",
    why: "It is no date: MySQL 8 refuses it (error 1067 or 1292), for its mode holds NO_ZERO_DATE; \
          MariaDB takes it, and drivers fail when they read it.",
    instead: "Say NULL:\n\
          \n    \
          CREATE TABLE notes (id bigint PRIMARY KEY, at datetime NULL);",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint PRIMARY KEY, at datetime NOT NULL DEFAULT '0000-00-00 00:00:00');", Claim::Runs),
        fires(users!("ALTER TABLE users ADD born date;"), "UPDATE users SET born = '0000-00-00' WHERE id = 1;", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, at datetime NULL DEFAULT NULL COMMENT 'not 0000-00-00');"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_zero = |expr: &crate::check::sql::part::Expr| expr.strings.iter().any(|string| string.starts_with("0000-00-00"));
    let mut say = |span: &std::ops::Range<usize>| {
        hits.push(
            Hit::new(span, "'0000-00-00' is no date, and MySQL 8 refuses it").help("say NULL"),
        );
    };
    for (_, column) in innodb::columns(site) {
        if column.default.as_ref().is_some_and(is_zero) {
            say(&column.span);
        }
    }
    for (_, action) in site.changes() {
        if matches!(&action.kind, ActionKind::SetDefault { expr, .. } if is_zero(expr)) {
            say(&action.span);
        }
    }
    let sets = match site.act {
        Act::Update(change) => change.expr.text.split(" WHERE ").next().is_some_and(|text| text.contains("'0000-00-00")),
        Act::Insert(insert) => is_zero(&insert.expr),
        _ => false,
    };
    if sets {
        say(site.span);
    }
}
