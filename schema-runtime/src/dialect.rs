//! The engines a history can be written for. A name only: what differs between engines lives with the code
//! that differs (the lexer in schema-build, the backends here, the dialect folders of the command).

use std::fmt;

/// The SQL a history is written in. MySQL and MariaDB share one: their differences are few and kept in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.35 or later.
    Sqlite,
    /// PostgreSQL 13 or later.
    Postgres,
    /// MySQL 8 and MariaDB 10.6 or later.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order people see them.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name used in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// The dialect with that configuration name; `postgresql` and `mariadb` are understood as well.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sqlite" | "sqlite3" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            "mysql" | "mariadb" => Some(Self::Mysql),
            _ => None,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
