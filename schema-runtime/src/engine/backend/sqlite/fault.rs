//! Where in a statement SQLite found fault. Diesel does not hand down `sqlite3_error_offset`, so the word that
//! the message names is looked for: found exactly once, it is the place; otherwise nothing is claimed.

/// Messages that end in a name, which is what the statement has wrong.
const NAMING: [&str; 10] = [
    "no such column: ",
    "no such table: ",
    "no such index: ",
    "no such function: ",
    "no such collation sequence: ",
    "no such module: ",
    "no such view: ",
    "no such trigger: ",
    "duplicate column name: ",
    "ambiguous column name: ",
];

/// The byte offset of what the message names.
pub(super) fn locate(sql: &str, message: &str) -> Option<usize> {
    let word = named(message)?;
    let mut places = occurrences(sql, word);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn named(message: &str) -> Option<&str> {
    if let Some(rest) = message.strip_prefix("near \"") {
        return rest.split("\": syntax error").next();
    }
    if let Some(name) = NAMING.iter().find_map(|prefix| message.strip_prefix(prefix)) {
        return name.rsplit('.').next();
    }
    let (_, rest) = message.split_once(" has no column named ").unzip();
    let exists = || message.strip_suffix(" already exists").and_then(|rest| rest.rsplit(' ').next());
    let mention = || message.strip_prefix("unknown column \"").and_then(|rest| rest.split('"').next());
    rest.or_else(exists).or_else(mention).map(|name| name.trim_matches('"'))
}

fn occurrences<'s>(sql: &'s str, word: &'s str) -> impl Iterator<Item = usize> + 's {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    let is_word = word.chars().all(is_name);
    let stands_alone = move |at: usize| {
        let (before, after) = (&sql[..at], &sql[at + word.len()..]);
        !is_word || !(before.ends_with(is_name) || after.starts_with(is_name))
    };
    sql.match_indices(word).map(|(at, _)| at).filter(move |&at| !word.is_empty() && stands_alone(at))
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn a_name_that_occurs_once_is_the_place() {
        let check = |sql: &str, message: &str, place: &str| {
            assert_eq!(locate(sql, message), sql.find(place), "{message}");
        };
        check("CREATE TABEL t (a)", "near \"TABEL\": syntax error", "TABEL");
        check("SELECT nme FROM users", "no such column: nme", "nme");
        check("SELECT u.nme FROM users u", "no such column: u.nme", "nme");
        check("INSERT INTO t (a, b) VALUES (1, 2)", "table t has no column named b", "b)");
        check("CREATE TABLE \"users\" (id)", "table \"users\" already exists", "users");
        check("CREATE INDEX by_a ON t (a)", "index by_a already exists", "by_a");
        check("INSERT INTO main.nope SELECT 1", "no such table: main.nope", "nope");
    }

    #[test]
    fn what_occurs_twice_or_not_at_all_is_not_claimed() {
        assert_eq!(locate("SELECT a FROM t WHERE a = 1", "no such column: a"), None);
        assert_eq!(locate("SELECT ab FROM t", "no such column: a"), None);
        assert_eq!(locate("INSERT INTO t VALUES (1)", "UNIQUE constraint failed: t.a"), None);
        assert_eq!(locate("SELECT", "incomplete input"), None);
    }
}
