//! What became of a change of the schema that was under way when its process died: read from the catalogue.
//! A statement is atomic (MySQL 8, MariaDB 10.6), so its first clause tells for all of it. What is not recognised
//! here is what only a person can say.

use super::quote;
use crate::engine::backend::words::Words;
use crate::engine::session::{Session, SqlError};

/// First words of statements that change nothing when they are run once more.
const REPEATABLE: [&str; 12] = [
    "SET", "USE", "SHOW", "SELECT", "ANALYZE", "OPTIMIZE", "CHECK", "FLUSH", "TRUNCATE", "GRANT", "UNLOCK",
    "DESCRIBE",
];

/// First words of clauses of ALTER TABLE that lead to the same table when they are run once more.
const LASTING: [&str; 12] = [
    "MODIFY",
    "ALTER",
    "ENGINE",
    "AUTO_INCREMENT",
    "COMMENT",
    "CONVERT",
    "DEFAULT",
    "CHARACTER",
    "CHARSET",
    "ROW_FORMAT",
    "ORDER",
    "FORCE",
];

/// How to find out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Probe {
    /// Run it again, it does no harm.
    Repeat,
    /// It is done when the query counts something, or nothing.
    Look { query: String, expects: bool },
}

impl Probe {
    pub(super) fn of(sql: &str) -> Option<Self> {
        let mut words = Words::new(sql);
        let first = words.next();
        match &*first {
            "CREATE" => create(words),
            "DROP" => drop(words),
            "ALTER" if words.pass(&["TABLE"]) => {
                let table = Name::read(words.raw()?);
                alter(words, &table)
            }
            "RENAME" if words.pass(&["TABLE"]) => rename(words),
            first => REPEATABLE.contains(&first).then_some(Self::Repeat),
        }
    }

    pub(super) fn is_done(&self, session: &mut dyn Session) -> Result<bool, SqlError> {
        match self {
            Self::Repeat => Ok(false),
            Self::Look { query, expects } => Ok((session.value(query)?.as_deref() != Some("0")) == *expects),
        }
    }
}

/// A name with its schema, without quotes.
struct Name {
    schema: Option<String>,
    name: String,
}

impl Name {
    fn read(word: &str) -> Self {
        let plain = |part: &str| part.trim_matches('`').replace("``", "`");
        match word.rsplit_once("`.`").or_else(|| word.rsplit_once('.')) {
            Some((schema, name)) => Self { schema: Some(plain(schema)), name: plain(name) },
            None => Self { schema: None, name: plain(word) },
        }
    }

    fn schema(&self) -> String {
        self.schema.as_deref().map_or_else(|| "DATABASE()".to_owned(), quote)
    }
}

fn create(mut words: Words<'_>) -> Option<Probe> {
    if words.pass(&["OR", "REPLACE"]) {
        return Some(Probe::Repeat);
    }
    let kind = kind(&mut words);
    if words.pass(&["IF", "NOT", "EXISTS"]) {
        return Some(Probe::Repeat);
    }
    match &*kind {
        "INDEX" => {
            let index = Name::read(words.raw()?);
            let table = after_on(words)?;
            Some(index_of(&table, &index, true))
        }
        kind => object(kind, &Name::read(words.raw()?), true),
    }
}

fn drop(mut words: Words<'_>) -> Option<Probe> {
    let kind = kind(&mut words);
    if words.pass(&["IF", "EXISTS"]) {
        return Some(Probe::Repeat);
    }
    let name = Name::read(words.raw()?);
    if kind == "INDEX" {
        let table = after_on(words)?;
        return Some(index_of(&table, &name, false));
    }
    // Of several tables some may be gone.
    if words.pass(&[","]) { None } else { object(&kind, &name, false) }
}

/// `TABLE`, `INDEX`, `VIEW`, .. whatever comes before it.
fn kind(words: &mut Words<'_>) -> String {
    loop {
        let word = words.next();
        let is_kind = ["TABLE", "INDEX", "VIEW", "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "SEQUENCE"]
            .contains(&&*word);
        let is_before = ["UNIQUE", "FULLTEXT", "SPATIAL", "SQL", "SECURITY", "DEFINER", "INVOKER"]
            .contains(&&*word)
            || word.starts_with("DEFINER=")
            || word.starts_with("ALGORITHM=");
        if is_kind || !is_before {
            return word;
        }
    }
}

fn object(kind: &str, name: &Name, expects: bool) -> Option<Probe> {
    let (view, schema, column) = match kind {
        "TABLE" | "VIEW" | "SEQUENCE" => ("tables", "table_schema", "table_name"),
        "PROCEDURE" | "FUNCTION" => ("routines", "routine_schema", "routine_name"),
        "TRIGGER" => ("triggers", "trigger_schema", "trigger_name"),
        "EVENT" => ("events", "event_schema", "event_name"),
        _ => return None,
    };
    Some(look(view, &format!("{schema} = {} AND {column} = {}", name.schema(), quote(&name.name)), expects))
}

fn after_on(mut words: Words<'_>) -> Option<Name> {
    while let Some(word) = words.raw() {
        if word.eq_ignore_ascii_case("ON") {
            return words.raw().map(Name::read);
        }
    }
    None
}

fn alter(mut words: Words<'_>, table: &Name) -> Option<Probe> {
    let clause = words.next();
    match &*clause {
        "ADD" => added(words, table),
        "DROP" => dropped(words, table),
        "RENAME" => renamed(words, table),
        "CHANGE" => {
            words.pass(&["COLUMN"]);
            let [from, to] = [Name::read(words.raw()?), Name::read(words.raw()?)];
            let is_same = from.name.eq_ignore_ascii_case(&to.name);
            if is_same { repeat_alone(words) } else { Some(column_of(table, &to, true)) }
        }
        clause => {
            LASTING.iter().any(|word| clause.split('=').next() == Some(word)).then(|| repeat_alone(words))?
        }
    }
}

/// A clause beside others that might not bear to be repeated is no reason to repeat.
fn repeat_alone(mut words: Words<'_>) -> Option<Probe> {
    let mut depth = 0_i32;
    while let Some(word) = words.raw() {
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => return None,
            _ => {}
        }
    }
    Some(Probe::Repeat)
}

fn added(mut words: Words<'_>, table: &Name) -> Option<Probe> {
    let raw = words.raw()?;
    let first = raw.to_ascii_uppercase();
    match &*first {
        "PRIMARY" => Some(constraint_of(table, "PRIMARY", true)),
        "FOREIGN" | "CHECK" | "PARTITION" | "PERIOD" | "SYSTEM" => None,
        "CONSTRAINT" if words.pass(&["IF", "NOT", "EXISTS"]) => Some(Probe::Repeat),
        "CONSTRAINT" => named(words.raw()?).map(|name| constraint_of(table, &name.name, true)),
        "INDEX" | "KEY" | "UNIQUE" | "FULLTEXT" | "SPATIAL" => {
            let _ = words.pass(&["INDEX"]) || words.pass(&["KEY"]);
            if words.pass(&["IF", "NOT", "EXISTS"]) {
                return Some(Probe::Repeat);
            }
            named(words.raw()?).map(|name| index_of(table, &name, true))
        }
        "IF" => Some(Probe::Repeat),
        "COLUMN" | "(" => {
            if words.pass(&["IF", "NOT", "EXISTS"]) {
                return Some(Probe::Repeat);
            }
            words.pass(&["("]);
            named(words.raw()?).map(|name| column_of(table, &name, true))
        }
        _ => Some(column_of(table, &Name::read(raw), true)),
    }
}

fn dropped(mut words: Words<'_>, table: &Name) -> Option<Probe> {
    let raw = words.raw()?;
    let first = raw.to_ascii_uppercase();
    let mut name = || {
        if words.pass(&["IF", "EXISTS"]) { None } else { words.raw().map(Name::read) }
    };
    Some(match &*first {
        "PRIMARY" => constraint_of(table, "PRIMARY", false),
        "PARTITION" | "SYSTEM" | "PERIOD" => return None,
        "IF" => Probe::Repeat,
        "INDEX" | "KEY" => name().map_or(Probe::Repeat, |name| index_of(table, &name, false)),
        "CONSTRAINT" | "CHECK" => {
            name().map_or(Probe::Repeat, |name| constraint_of(table, &name.name, false))
        }
        "FOREIGN" => {
            words.pass(&["KEY"]);
            constraint_of(table, &Name::read(words.raw()?).name, false)
        }
        "COLUMN" => name().map_or(Probe::Repeat, |name| column_of(table, &name, false)),
        _ => column_of(table, &Name::read(raw), false),
    })
}

fn renamed(mut words: Words<'_>, table: &Name) -> Option<Probe> {
    let raw = words.raw()?;
    let first = raw.to_ascii_uppercase();
    match &*first {
        "COLUMN" | "INDEX" | "KEY" => {
            let (_, _) = (words.raw(), words.pass(&["TO"]));
            let name = Name::read(words.raw()?);
            Some(if first == "COLUMN" { column_of(table, &name, true) } else { index_of(table, &name, true) })
        }
        "TO" | "AS" => object("TABLE", &Name::read(words.raw()?), true),
        _ => object("TABLE", &Name::read(raw), true),
    }
}

fn rename(mut words: Words<'_>) -> Option<Probe> {
    let (_, is_to) = (words.raw(), words.pass(&["TO"]));
    let name = words.raw().filter(|_| is_to)?;
    if words.pass(&[","]) { None } else { object("TABLE", &Name::read(name), true) }
}

fn named(word: &str) -> Option<Name> {
    let is_name = !matches!(word, "(" | ")" | ",") && !word.eq_ignore_ascii_case("USING");
    is_name.then(|| Name::read(word))
}

fn column_of(table: &Name, column: &Name, expects: bool) -> Probe {
    look("columns", &format!("{} AND column_name = {}", of(table), quote(&column.name)), expects)
}

fn index_of(table: &Name, index: &Name, expects: bool) -> Probe {
    look("statistics", &format!("{} AND index_name = {}", of(table), quote(&index.name)), expects)
}

fn constraint_of(table: &Name, constraint: &str, expects: bool) -> Probe {
    look("table_constraints", &format!("{} AND constraint_name = {}", of(table), quote(constraint)), expects)
}

fn of(table: &Name) -> String {
    format!("table_schema = {} AND table_name = {}", table.schema(), quote(&table.name))
}

fn look(view: &str, condition: &str, expects: bool) -> Probe {
    let query = format!("SELECT CAST(count(*) AS CHAR) FROM information_schema.{view} WHERE {condition}");
    Probe::Look { query, expects }
}

#[cfg(test)]
mod tests {
    use super::Probe;

    /// `+` or `-` for there or gone, the view, and the name; `again`; `?` when nobody can say.
    fn told(sql: &str) -> String {
        match Probe::of(sql) {
            None => "?".to_owned(),
            Some(Probe::Repeat) => "again".to_owned(),
            Some(Probe::Look { query, expects }) => {
                let view = query.split("information_schema.").nth(1).unwrap_or_default();
                let view = view.split(' ').next().unwrap_or_default();
                let name = query.rsplit("= ").next().unwrap_or_default();
                format!("{}{view} {name}", if expects { '+' } else { '-' })
            }
        }
    }

    #[test]
    fn changes_of_the_schema_are_looked_up() {
        let check = |sql: &str, expected: &str| assert_eq!(told(sql), expected, "{sql}");
        check("CREATE TABLE `my table`(a int)", "+tables 'my table'");
        check("create table if not exists t (a int)", "again");
        check("CREATE UNIQUE INDEX i ON t (a)", "+statistics 'i'");
        check("DROP INDEX i ON db.t", "-statistics 'i'");
        check("DROP TABLE t", "-tables 't'");
        check("DROP TABLE t, u", "?");
        check("ALTER TABLE t ADD COLUMN c int, ADD d int", "+columns 'c'");
        check("ALTER TABLE t ADD c int", "+columns 'c'");
        check("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id)", "+table_constraints 'f'");
        check("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)", "?");
        check("ALTER TABLE t ADD INDEX (a)", "?");
        check("ALTER TABLE t ADD UNIQUE KEY k (a)", "+statistics 'k'");
        check("ALTER TABLE t DROP COLUMN c", "-columns 'c'");
        check("ALTER TABLE t DROP FOREIGN KEY f", "-table_constraints 'f'");
        check("ALTER TABLE t MODIFY c decimal(1, 2)", "again");
        check("ALTER TABLE t MODIFY c int, ADD d int", "?");
        check("ALTER TABLE t CHANGE a b int", "+columns 'b'");
        check("ALTER TABLE t RENAME COLUMN a TO b", "+columns 'b'");
        check("RENAME TABLE a TO b", "+tables 'b'");
        check("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", "+triggers 'g'");
        check("CALL p()", "?");
        check("LOCK TABLES t WRITE", "?");
    }
}
