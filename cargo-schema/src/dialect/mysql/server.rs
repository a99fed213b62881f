//! Where MySQL 8 and MariaDB differ in what they say of a database and in what they accept: all of it is here.
//! What stands here of MariaDB was run on 10.11; what stands here of MySQL 8 is written after its manual.

use super::name::{mentions, string};
use crate::database::connection::Connection;
use crate::database::scratch::Error;

/// What kind of server it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) is_mariadb: bool,
    /// Whether a TIMESTAMP without a default has none (MariaDB before 10.10 gives it the current time).
    pub(crate) has_explicit_timestamps: bool,
}

/// The query that [`Server::of`] reads.
pub(super) const QUERY: &str =
    "SELECT CONCAT(VERSION(), ' ', IF(@@explicit_defaults_for_timestamp, 1, 0)) AS text";

/// What the server says of a column's default.
pub(super) struct SaidDefault<'a> {
    pub(super) text: Option<String>,
    pub(super) ty: &'a str,
    /// EXTRA says that it is an expression (MySQL).
    pub(super) is_expression: bool,
}

impl Server {
    /// The one at the other end.
    pub(super) fn ask(session: &mut Connection) -> Result<Self, Error> {
        let said =
            session.texts(QUERY).map_err(|error| Error::new("ask the server for its version", error))?;
        Ok(Self::of(&said.concat()))
    }

    /// From what [`QUERY`] gives: `10.11.6-MariaDB 1`, `8.0.36 1`.
    fn of(said: &str) -> Self {
        Self { is_mariadb: said.contains("MariaDB"), has_explicit_timestamps: said.ends_with('1') }
    }

    /// A default as SQL. MariaDB says SQL, and `NULL` where there is none; MySQL says the value, or an expression.
    pub(super) fn default_of(self, said: SaidDefault<'_>) -> Option<String> {
        let text = said.text?;
        if self.is_mariadb {
            return (!text.eq_ignore_ascii_case("null")).then_some(text);
        }
        if said.is_expression {
            let text = unescaped(&text);
            let is_time = text.to_ascii_lowercase().starts_with("current_timestamp");
            return Some(if is_time { text } else { format!("({text})") });
        }
        let is_number = text.parse::<f64>().is_ok() && is_numeric(said.ty);
        let is_bits = text.starts_with("b'") || text.starts_with("0x");
        Some(if is_number || is_bits { text } else { string(&text) })
    }

    /// An expression as SQL: MySQL says it with its quotes escaped.
    pub(super) fn expression(self, text: &str) -> String {
        if self.is_mariadb { text.to_owned() } else { unescaped(text) }
    }

    /// The columns of `information_schema.statistics` that the other does not have: the expression of an item, and
    /// whether the index is not used.
    pub(super) fn index_columns(self) -> &'static str {
        if self.is_mariadb { "NULL, ignored = 'YES'" } else { "expression, is_visible = 'NO'" }
    }

    /// Checks: table, name, condition, whether it belongs to one column, whether it is not enforced. To be completed
    /// by the schema's name.
    pub(super) fn checks(self) -> &'static str {
        if self.is_mariadb {
            "SELECT 'check', JSON_ARRAY(table_name, constraint_name, check_clause, level = 'Column', 0) \
             FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()"
        } else {
            "SELECT 'check', JSON_ARRAY(owner.table_name, owner.constraint_name, said.check_clause, 0, \
             owner.enforced = 'NO') FROM information_schema.table_constraints owner \
             JOIN information_schema.check_constraints said ON said.constraint_schema = owner.constraint_schema \
             AND said.constraint_name = owner.constraint_name \
             WHERE owner.constraint_schema = DATABASE() AND owner.constraint_type = 'CHECK'"
        }
    }

    /// Whether renaming a column leaves what mentions it alone: MySQL refuses where an expression does.
    pub(super) fn renames_within(self, expression: &str, column: &str) -> bool {
        self.is_mariadb || !mentions(expression, column)
    }

    /// Whether JSON is a name for a LONGTEXT with a check.
    pub(super) fn json_is_text(self) -> bool {
        self.is_mariadb
    }
}

fn is_numeric(ty: &str) -> bool {
    let numbers =
        ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit"];
    numbers.iter().any(|number| ty.starts_with(number))
}

/// `_utf8mb4\'a\'` as `_utf8mb4'a'`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\'' | '\\')) => plain.extend(chars.next()),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARIADB: Server = Server { is_mariadb: true, has_explicit_timestamps: true };
    const MYSQL: Server = Server { is_mariadb: false, has_explicit_timestamps: true };

    #[test]
    fn the_version_tells_who_it_is() {
        assert_eq!(Server::of("10.11.19-MariaDB-0+deb12u1 1"), MARIADB);
        assert_eq!(Server::of("8.0.36 1"), MYSQL);
        assert!(!Server::of("10.6.18-MariaDB 0").has_explicit_timestamps);
    }

    #[test]
    fn defaults_become_sql() {
        let default = |server: Server, text: &str, ty: &str, is_expression: bool| {
            server.default_of(SaidDefault { text: Some(text.to_owned()), ty, is_expression })
        };
        assert_eq!(default(MARIADB, "NULL", "int(11)", false), None);
        assert_eq!(default(MARIADB, "'a'", "text", false).as_deref(), Some("'a'"));
        assert_eq!(default(MYSQL, "it's", "varchar(9)", false).as_deref(), Some("'it''s'"));
        assert_eq!(default(MYSQL, "NULL", "varchar(9)", false).as_deref(), Some("'NULL'"));
        assert_eq!(default(MYSQL, "1.50", "decimal(10,2)", false).as_deref(), Some("1.50"));
        assert_eq!(default(MYSQL, "b'101'", "bit(3)", false).as_deref(), Some("b'101'"));
        assert_eq!(
            default(MYSQL, "CURRENT_TIMESTAMP(3)", "timestamp(3)", true).as_deref(),
            Some("CURRENT_TIMESTAMP(3)")
        );
        assert_eq!(
            default(MYSQL, r"concat(_utf8mb4\'a\',1)", "text", true).as_deref(),
            Some("(concat(_utf8mb4'a',1))")
        );
    }
}
