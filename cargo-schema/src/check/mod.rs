//! What `check` knows beyond the door that the build script also comes through: how the history compares with one
//! that is released.

pub(crate) mod base;

/// The families of rules, as design and documents name them.
pub(crate) fn family(rule: &str) -> &'static str {
    match rule {
        "edited-revision" | "removed-revision" | "inserted-revision" | "lock-out-of-date"
        | "bad-lock-file" => "integrity",
        "bad-configuration" | "diesel-configuration" => "configuration",
        _ => "history",
    }
}
