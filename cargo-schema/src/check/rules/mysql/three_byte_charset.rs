//! `three-byte-charset`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "three-byte-charset",
    level: Warn,
    ways: Up,
    about: "text is declared as utf8, which holds three bytes of a character at most",
    why: "utf8 means utf8mb3 on MySQL 8 and, unless configured otherwise, on MariaDB. Emoji and rare \
          letters of names cannot be stored: an INSERT fails (error 1366), or loses them where the \
          mode is not strict.",
    instead: "Say utf8mb4",
    find,
    examples: &[
        fires("", "CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50)) ENGINE=InnoDB DEFAULT CHARSET=utf8;", Claim::Spoils("SELECT CHARACTER_SET_NAME = 'utf8mb4' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'name'")),
        fires(users!(), "ALTER TABLE users ADD name varchar(50) CHARACTER SET utf8mb3;", Claim::Spoils("SELECT CHARACTER_SET_NAME = 'utf8mb4' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'name'")),
        quiet("", "CREATE TABLE names (id bigint PRIMARY KEY, name varchar(50)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let is_short = |charset: &str| matches!(charset, "utf8" | "utf8mb3") || charset.starts_with("utf8_") || charset.starts_with("utf8mb3_");
    let mut say = |span: &std::ops::Range<usize>, what: String| {
        hits.push(Hit::new(span, format!("{what} cannot hold emoji, nor rare letters of names")).help("say `utf8mb4`"));
    };
    if let Act::CreateTable(create) = site.act
        && create.options.iter().any(|it| it.strip_prefix("charset=").or_else(|| it.strip_prefix("collate=")).is_some_and(is_short))
    {
        say(site.span, format!("text of `{}`", create.table));
    }
    for (table, action) in site.changes() {
        match &action.kind {
            ActionKind::SetTableOption { name, value } if name == "charset" && is_short(value) => say(&action.span, format!("text of `{table}`")),
            ActionKind::ConvertCharset { charset, .. } if is_short(charset) => say(&action.span, format!("text of `{table}`")),
            _ => {}
        }
    }
    for (table, column) in innodb::columns(site) {
        if column.charset.as_deref().or(column.collation.as_deref()).is_some_and(is_short) {
            say(&column.span, format!("`{table}.{}`", column.name));
        }
    }
}
