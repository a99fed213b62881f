//! Which tables a script changes, as far as its words show it: for a hint to people who join two branches, and for
//! nothing that must be right.

use std::collections::BTreeSet;

use schema_build::statement::{self, Kind};
use schema_runtime::dialect::Dialect;
use schema_runtime::revision::Script;

/// The tables that a script creates, alters, drops, indexes, fills or empties; lower case, without their schema.
pub(crate) fn changed(script: &Script, dialect: Dialect) -> BTreeSet<String> {
    script.statements.iter().flat_map(|found| tables(script.sql(found), dialect)).collect()
}

fn tables(sql: &str, dialect: Dialect) -> BTreeSet<String> {
    let words = words(sql, dialect);
    let is = |at: usize, word: &str| words.get(at).is_some_and(|found| found == word);
    let is_index_or_trigger = is(0, "create") && words.iter().take(4).any(|w| w == "index" || w == "trigger");
    let mut on_was_seen = false;
    let mut tables = BTreeSet::new();
    for at in 0..words.len() {
        let names_a_table = match words[at].as_str() {
            "table" | "into" => true,
            "from" => at > 0 && is(at - 1, "delete"),
            // `ON UPDATE`, `FOR UPDATE`, `DO UPDATE` and `AFTER UPDATE` change no table by themselves.
            "update" => at == 0 || is(at - 1, "begin") || is(at - 1, ";"),
            "on" => is_index_or_trigger && !std::mem::replace(&mut on_was_seen, true),
            _ => false,
        };
        tables.extend(names_a_table.then(|| name(&words[at + 1..])).flatten());
    }
    tables
}

/// Words, names without their quotes, and symbols, all in lower case.
fn words(sql: &str, dialect: Dialect) -> Vec<String> {
    let text = |token: statement::Token| match token.kind {
        Kind::Word | Kind::Symbol | Kind::Semicolon => Some(sql[token.range()].to_lowercase()),
        Kind::Quoted => Some(sql[token.range()].trim_matches(['"', '`', '[', ']']).to_lowercase()),
        Kind::String | Kind::Delimiter | Kind::Directive | Kind::Conditional | Kind::Hint | Kind::Comment => {
            None
        }
    };
    statement::tokens(sql, dialect).filter_map(text).collect()
}

/// The name that follows, past `IF NOT EXISTS`, `ONLY` and a schema.
fn name(words: &[String]) -> Option<String> {
    let start = words.iter().position(|word| !matches!(word.as_str(), "if" | "not" | "exists" | "only"))?;
    let mut words = &words[start..];
    while words.len() > 2 && words[1] == "." {
        words = &words[2..];
    }
    words.first().filter(|word| word.chars().any(char::is_alphanumeric)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_by_the_words_before_them() {
        for (sql, expected) in [
            ("CREATE TABLE IF NOT EXISTS users (id INTEGER REFERENCES teams)", &["users"][..]),
            ("create virtual table main.\"Docs\" using fts5(a)", &["docs"]),
            ("ALTER TABLE ONLY `users` ADD COLUMN phone TEXT", &["users"]),
            ("DROP TABLE users", &["users"]),
            ("CREATE UNIQUE INDEX i ON [users] (email)", &["users"]),
            ("INSERT INTO a SELECT * FROM b JOIN c ON c.id = b.id", &["a"]),
            ("UPDATE users SET a = 1", &["users"]),
            ("DELETE FROM users", &["users"]),
            ("INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET b = 'INTO x'", &["a"]),
            ("CREATE TABLE a (b INT REFERENCES c ON UPDATE CASCADE)", &["a"]),
            (
                "CREATE TRIGGER t AFTER UPDATE ON a BEGIN UPDATE b SET x = 1; DELETE FROM c; END",
                &["a", "b", "c"],
            ),
            ("PRAGMA user_version = 1", &[]),
            ("DROP TABLE", &[]),
        ] {
            assert_eq!(tables(sql, Dialect::Sqlite).into_iter().collect::<Vec<_>>(), expected, "{sql}");
        }
    }
}
