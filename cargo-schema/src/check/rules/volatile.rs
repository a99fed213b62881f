//! Whether PostgreSQL computes an expression once or anew for every row.

use crate::check::catalogue::Catalogue;
use crate::check::sql::part::Expr;

/// PostgreSQL's own functions that give one result for a whole statement, sorted.
const STEADY: &str = include_str!("steady_functions.txt");

/// Words of the grammar that look like calls.
const WORDS: [&str; 22] = [
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "extract",
    "overlay",
    "position",
    "substring",
    "trim",
    "row",
    "array",
    "cast",
    "current_timestamp",
    "current_date",
    "current_time",
    "current_user",
    "session_user",
    "user",
    "localtime",
    "localtimestamp",
    "normalize",
    "exists",
];

/// The first function of an expression that gives another result for every row, or may.
pub(super) fn volatile<'e>(expr: &'e Expr, catalogue: &Catalogue) -> Option<&'e str> {
    expr.calls.iter().map(String::as_str).find(|call| is_volatile(call, catalogue))
}

/// A function of the history is as volatile as it says; one that nobody knows may well be.
fn is_volatile(call: &str, catalogue: &Catalogue) -> bool {
    match catalogue.volatility(call) {
        Some(volatility) => volatility == "volatile",
        None => !WORDS.contains(&call) && !STEADY.lines().any(|steady| steady == call),
    }
}
