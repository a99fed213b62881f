//! `table-without-primary-key`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "table-without-primary-key",
    level: Allow,
    ways: Up,
    about: "a table has no primary key",
    why: "Its rows cannot be told apart: logical replication refuses to update them, tools that copy tables \
          online refuse to start, and Diesel has no `Identifiable` for it.",
    instead: "Give it one:\n\
          \n    \
          CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz);",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE events (at timestamp);",
            Claim::Loses(
                "SELECT 1 - (SELECT count(*) FROM pg_class WHERE relname = 'events' AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary))",
            ),
        ),
        quiet("", "CREATE TABLE events (id bigint PRIMARY KEY, at timestamp);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    let is_key = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
    let beside = create.columns.iter().flat_map(|column| &column.constraints);
    let is_vague =
        create.is_temporary || create.partition_of.is_some() || !create.like.is_empty() || create.has_query || create.columns.is_empty();
    if is_vague || create.constraints.iter().chain(beside).any(is_key) || follows(site, &create.table) {
        return;
    }
    hits.push(
        Hit::new(
            site.span,
            format!("`{}` has no primary key, so its rows cannot be told apart", create.table),
        )
        .help("give it one, if only a number that the database counts"),
    );
}

/// It gets one later in the script.
fn follows(site: &Site<'_>, table: &Name) -> bool {
    let is_key = |action: &Action| matches!(&action.kind, ActionKind::AddConstraint(it) if matches!(it.kind, ConstraintKind::PrimaryKey(_)));
    site.after().iter().any(|placed| {
        matches!(&placed.act, Act::AlterTable(alter) if alter.table == *table && alter.actions.iter().any(is_key))
    })
}
