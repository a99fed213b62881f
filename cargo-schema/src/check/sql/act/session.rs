//! What statements do to the session and to privileges.

use crate::check::sql::part::Name;

/// GRANT or REVOKE.
#[derive(Clone, Debug)]
pub(crate) struct Privilege {
    /// GRANT, not REVOKE.
    pub(crate) is_grant: bool,
    /// The tables that are named, if any.
    pub(crate) tables: Vec<Name>,
}

/// SET or PRAGMA.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    /// What is set, in lower case.
    pub(crate) name: String,
    /// To what, in lower case and without quotes; `None` where it is reset or only asked for.
    pub(crate) value: Option<String>,
    /// LOCAL.
    pub(crate) is_local: bool,
    /// The strings in what a variable of MySQL is set to, without quotes, each with the byte of the script where it begins.
    pub(crate) strings: Vec<(usize, String)>,
}

/// What a statement does to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transaction {
    Begin,
    Commit,
    Rollback,
    Savepoint,
}
