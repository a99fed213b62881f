//! Views and triggers of SQLite that name what is not there. SQLite takes them as they are, and refuses later: whoever
//! reads the view, every change of a table that fires the trigger, and most forms of ALTER TABLE.

use crate::check::catalogue::Catalogue;
use crate::check::sql::part::Expr;

/// A view or a trigger, and the table that it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// `view` or `trigger`.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: String,
    /// What is not there, as a key.
    pub(super) lacks: String,
}

/// All of them.
pub(super) fn broken(catalogue: &Catalogue) -> Vec<Broken> {
    let lacks = |tables: &[String]| tables.iter().find(|table| is_missing(catalogue, table)).cloned();
    let views = catalogue.views().map(|(name, view)| ("view", name, lacks(&view.tables)));
    let triggers = catalogue.triggers().map(|(name, trigger)| ("trigger", name, lacks(&trigger.tables)));
    let named = |(kind, name, lacks): (&'static str, &str, Option<String>)| {
        lacks.map(|lacks| Broken { kind, name: name.to_owned(), lacks })
    };
    views.chain(triggers).filter_map(named).collect()
}

/// Whether nothing has this name. What SQLite, a virtual table or another database brings is not known here.
pub(super) fn is_missing(catalogue: &Catalogue, key: &str) -> bool {
    let is_own = ["sqlite_", "pragma_", "dbstat", "json_"].iter().any(|word| key.starts_with(word));
    let is_shadow = || {
        let is_virtual = |options: &[String]| options.iter().any(|option| option.starts_with("using "));
        catalogue
            .tables()
            .any(|(name, table)| is_virtual(&table.options) && key.starts_with(&format!("{name}_")))
    };
    !catalogue.has_relation(key) && !is_own && !key.contains('.') && !is_shadow()
}

/// Whether an expression is another value whenever it is computed: it asks for chance, or for the time of now.
pub(super) fn is_of_the_moment(expr: &Expr) -> bool {
    let is_now = |call: &String| {
        let is_clock =
            matches!(call.as_str(), "date" | "time" | "datetime" | "julianday" | "strftime" | "unixepoch");
        is_clock
            && (expr.strings.iter().any(|it| it.eq_ignore_ascii_case("now"))
                || expr.text.contains(&format!("{call} ()")))
    };
    let is_chance = |call: &String| {
        matches!(
            call.as_str(),
            "random" | "randomblob" | "current_timestamp" | "current_date" | "current_time"
        )
    };
    expr.calls.iter().any(|call| is_chance(call) || is_now(call))
}
