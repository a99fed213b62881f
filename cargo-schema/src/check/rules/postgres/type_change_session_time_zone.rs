//! `type-change-session-time-zone`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "type-change-session-time-zone",
    level: Deny,
    ways: Up,
    about: "what a time means depends on the session that changes the type",
    why: "From `timestamp` to `timestamptz` and back PostgreSQL takes the time zone of the session: a \
          developer's session gives other instants than the server's, and in UTC the change is free while \
          anywhere else the table is written anew.",
    instead: "Say which zone the times were in:\n\
          \n    \
          SET LOCAL TimeZone = 'UTC';\n    \
          ALTER TABLE users ALTER COLUMN seen TYPE timestamptz;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, seen timestamp); INSERT INTO users VALUES (1, '2026-01-01');",
            "ALTER TABLE users ALTER COLUMN seen TYPE timestamptz;",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, seen timestamp); INSERT INTO users VALUES (1, '2026-01-01');",
            "SET LOCAL TimeZone = 'UTC';\nALTER TABLE users ALTER COLUMN seen TYPE timestamptz;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes() {
        let ActionKind::SetType { column, ty, using, .. } = &action.kind else { continue };
        let Some(from) = site.table(table).and_then(|table| table.column(column)?.ty.as_ref()) else {
            continue;
        };
        let zones = (from.name.ends_with("without time zone"), ty.name.ends_with("with time zone"));
        let is_crossing = from.name.starts_with("timestamp")
            && ty.name.starts_with("timestamp")
            && (zones == (true, true) || zones == (false, false));
        let says_zone = using.as_ref().is_some_and(|using| using.text.to_lowercase().contains("time zone"));
        if is_crossing && !says_zone && !is_pinned(site) && !site.is_empty(table) {
            hits.push(
                Hit::new(
                    &action.span,
                    format!(
                        "what `{table}.{column}` means afterwards depends on the time zone of the session"
                    ),
                )
                .sql("say which zone the times were in:", "SET LOCAL TimeZone = 'UTC';"),
            );
        }
    }
}

fn is_pinned(site: &Site<'_>) -> bool {
    site.before().iter().any(|placed| matches!(&placed.act, Act::Set(set) if set.name == "timezone"))
}
