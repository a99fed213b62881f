//! What a migration does beyond its own database. On a server that holds other people's data such a history is not
//! replayed: `DROP TABLE shop.users` would mean the real ones. Pure.

use schema_build::statement::{Kind, lex, tokens};
use schema_runtime::dialect::Dialect;

use super::name::{fold, unquoted};

/// Statements that reach the server, by their first words.
const REACHING: [&str; 31] = [
    "USE",
    "GRANT",
    "REVOKE",
    "FLUSH",
    "KILL",
    "SHUTDOWN",
    "RESTART",
    "RESET",
    "PURGE",
    "INSTALL",
    "UNINSTALL",
    "CHANGE MASTER",
    "CHANGE REPLICATION",
    "START SLAVE",
    "START REPLICA",
    "START ALL",
    "STOP",
    "CLONE",
    "BACKUP",
    "LOAD",
    "IMPORT",
    "RENAME USER",
    "SET GLOBAL",
    "SET PERSIST",
    "SET PERSIST_ONLY",
    "SET PASSWORD",
    "SET DEFAULT",
    "LOCK INSTANCE",
    "ALTER INSTANCE",
    "BINLOG",
    "CACHE",
];

/// What CREATE, ALTER and DROP make of a server.
const OBJECTS: [&str; 8] =
    ["DATABASE", "SCHEMA", "USER", "ROLE", "SERVER", "TABLESPACE", "LOGFILE", "RESOURCE"];

/// The first thing in a script that reaches out of its database, in words; `others` are the databases of the server.
pub(super) fn reach(script: &str, others: &[String]) -> Option<String> {
    let lexed = lex(script, Dialect::Mysql);
    lexed.statements.iter().find_map(|statement| {
        let sql = &script[statement.start as usize..statement.end as usize];
        of_statement(sql).or_else(|| named(sql, others))
    })
}

fn of_statement(sql: &str) -> Option<String> {
    let upper: Vec<String> = words(sql).take(8).map(|word| word.to_uppercase()).collect();
    let first = upper.first().map_or("", String::as_str);
    let two = upper.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
    if REACHING.iter().any(|reaching| *reaching == first || *reaching == two) {
        return Some(format!("it says `{two}`"));
    }
    let makes = matches!(first, "CREATE" | "ALTER" | "DROP");
    let object = upper.iter().skip(1).find(|word| !matches!(word.as_str(), "OR" | "REPLACE" | "UNDO"));
    if let Some(object) = object.filter(|object| makes && OBJECTS.contains(&object.as_str())) {
        return Some(format!("it says `{first} {object}`"));
    }
    let lower = fold(sql);
    let is_global = lower.contains("@@global") || lower.contains("@@persist");
    if first == "SET" && is_global {
        return Some("it sets a variable of the server".to_owned());
    }
    let writes_files =
        words(sql).any(|word| matches!(word.to_uppercase().as_str(), "OUTFILE" | "DUMPFILE" | "SONAME"));
    writes_files.then(|| "it writes or loads files of the server".to_owned())
}

fn words(sql: &str) -> impl Iterator<Item = &str> {
    tokens(sql, Dialect::Mysql).filter(|token| token.kind == Kind::Word).map(|token| &sql[token.range()])
}

/// `other.table`, in the statement or in a text that it may run.
fn named(sql: &str, others: &[String]) -> Option<String> {
    let tokens: Vec<(Kind, &str)> =
        tokens(sql, Dialect::Mysql).map(|token| (token.kind, &sql[token.range()])).collect();
    for (place, (kind, text)) in tokens.iter().enumerate() {
        let is_name = matches!(kind, Kind::Word | Kind::Quoted);
        let is_qualifier = tokens.get(place + 1).is_some_and(|(_, next)| *next == ".");
        let is_qualified = place > 0 && tokens[place - 1].1 == ".";
        let name = unquoted(text);
        if is_name && is_qualifier && !is_qualified && others.iter().any(|other| fold(other) == fold(&name)) {
            return Some(format!("it names the database `{name}`"));
        }
        // A statement that is put together as text.
        if *kind == Kind::String && text.contains('.') {
            let inner = unquoted(text);
            if let Some(found) = (inner.len() + 1 < sql.len()).then(|| named(&inner, others)).flatten() {
                return Some(found);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_the_database_is_found() {
        let others = ["shop".to_owned(), "mysql".to_owned()];
        for script in [
            "CREATE TABLE a (id INT); USE shop; DROP TABLE users",
            "create database if not exists x",
            "CREATE OR REPLACE USER u",
            "DROP SCHEMA shop",
            "GRANT ALL ON *.* TO u",
            "SET GLOBAL event_scheduler = ON",
            "SET @@global.event_scheduler = ON",
            "DELETE FROM shop.users",
            "DROP TABLE `Shop` . `users`",
            "UPDATE mysql.user SET x = 1",
            "SET @s = 'DROP TABLE shop.users'; PREPARE p FROM @s",
            "SELECT 1 INTO OUTFILE '/tmp/x'",
            "LOAD DATA INFILE 'x' INTO TABLE t",
            "/*!40000 DROP DATABASE shop */",
        ] {
            assert!(reach(script, &others).is_some(), "{script}");
        }
    }

    #[test]
    fn what_stays_within_is_let_through() {
        let others = ["shop".to_owned()];
        for script in [
            "CREATE TABLE users (id INT, shop INT)",
            "UPDATE users u SET u.name = 'shop' WHERE u.shop = 1",
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE()",
            "SET foreign_key_checks = 0; START TRANSACTION; COMMIT",
            "CREATE INDEX a ON users (shop)",
            "INSERT INTO users VALUES ('see shop and more.')",
            "ALTER TABLE users DEFAULT CHARACTER SET utf8mb4",
        ] {
            assert_eq!(reach(script, &others), None, "{script}");
        }
    }
}
