//! Where in a statement the server found fault. It gives no place, but words: what follows the place where the
//! grammar was not met, or the name of what is wrong. Found exactly once, that is the place; otherwise nothing is
//! claimed. Messages in other languages than English claim nothing.

/// Messages whose first quoted word is what the statement has wrong.
const NAMING: [&str; 8] = [
    "Unknown column '",
    "Duplicate column name '",
    "Duplicate key name '",
    "Can't DROP COLUMN `",
    "Can't DROP INDEX `",
    "Table '",
    "Unknown table '",
    "Key column '",
];

/// The byte offset of what the message is about.
pub(super) fn locate(sql: &str, message: &str) -> Option<usize> {
    match near(message) {
        Some(near) => only(tails(sql, near)),
        None => {
            let rest = NAMING.iter().find_map(|start| message.strip_prefix(start))?;
            let name = rest.split(['\'', '`']).next()?.rsplit('.').next()?;
            only(occurrences(sql, name))
        }
    }
}

/// The message without the statements of ours that follow in the same message to the server.
pub(super) fn without_ours(sql: &str, message: &str) -> String {
    let Some(near) = near(message) else { return message.to_owned() };
    match only(tails(sql, near)) {
        Some(at) if sql.len() - at < near.len() => message.replacen(near, &sql[at..], 1),
        Some(_) | None => message.to_owned(),
    }
}

fn near(message: &str) -> Option<&str> {
    let start = message.find(" near '")? + " near '".len();
    let end = message.rfind("' at line ").filter(|end| *end >= start)?;
    Some(&message[start..end])
}

/// Where the rest of the statement is what the server quoted, as far as the one or the other goes.
fn tails<'s>(sql: &'s str, near: &'s str) -> impl Iterator<Item = usize> + 's {
    let is_it = move |&(at, _): &(usize, char)| {
        let rest = &sql[at..];
        rest.starts_with(near) || near.strip_prefix(rest).is_some_and(|more| more.starts_with(";\n"))
    };
    sql.char_indices().filter(move |_| !near.is_empty()).filter(is_it).map(|(at, _)| at)
}

fn occurrences<'s>(sql: &'s str, word: &'s str) -> impl Iterator<Item = usize> + 's {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    let stands_alone =
        move |at: usize| !sql[..at].ends_with(is_name) && !sql[at + word.len()..].starts_with(is_name);
    sql.match_indices(word).map(|(at, _)| at).filter(move |&at| !word.is_empty() && stands_alone(at))
}

fn only(mut places: impl Iterator<Item = usize>) -> Option<usize> {
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{locate, without_ours};

    #[test]
    fn the_rest_of_a_statement_is_its_place() {
        let message = "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB \
            server version for the right syntax to use near 'TABEL t (a int);\nUPDATE __schema_ledger SET' at line 1";
        let sql = "CREATE TABEL t (a int)";
        assert_eq!(locate(sql, message), Some(7));
        assert!(without_ours(sql, message).ends_with("near 'TABEL t (a int)' at line 1"));
    }

    #[test]
    fn names_are_places_when_they_occur_once() {
        assert_eq!(locate("SELECT nope FROM t", "Unknown column 'nope' in 'field list'"), Some(7));
        assert_eq!(locate("DROP TABLE x", "Unknown table 'db.x'"), Some(11));
        assert_eq!(locate("SELECT a, a FROM t", "Unknown column 'a' in 'field list'"), None);
    }
}
