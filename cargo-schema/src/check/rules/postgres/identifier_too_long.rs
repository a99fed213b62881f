//! `identifier-too-long`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "identifier-too-long",
    level: Deny,
    ways: Both,
    about: "a name is cut off at 63 bytes",
    why: "PostgreSQL cuts longer names off with a notice that nobody reads. Two names that begin alike become \
          one, and the name that programs and later revisions use is not the one that is there.",
    instead: "Use a shorter name.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE INDEX a_name_that_goes_on_and_on_until_nobody_remembers_how_it_began_at_all ON users (age);",
            Claim::Loses(
                "SELECT 1 - (SELECT count(*) FROM pg_class WHERE relname = 'a_name_that_goes_on_and_on_until_nobody_remembers_how_it_began_')",
            ),
        ),
        quiet(
            "",
            "CREATE TABLE a_name_of_sixty_three_bytes_is_as_long_as_a_name_can_ever_be_xx (id bigint PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for name in names(site.act).into_iter().filter(|name| name.len() > LIMIT) {
        let mut end = LIMIT;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        hits.push(
            Hit::new(
                site.span,
                format!("`{name}` has {} bytes, and PostgreSQL makes `{}` of it", name.len(), &name[..end]),
            )
            .help("use a shorter name"),
        );
    }
}

const LIMIT: usize = 63;

/// The names that an act gives.
fn names(act: &Act) -> Vec<&str> {
    fn of(name: &Name) -> &str {
        &name.name
    }
    match act {
        Act::CreateTable(create) => {
            let columns = create.columns.iter().map(|column| of(&column.name));
            let beside = create.columns.iter().flat_map(|column| &column.constraints);
            let constraints =
                create.constraints.iter().chain(beside).filter_map(|it| it.name.as_ref()).map(of);
            std::iter::once(of(&create.table)).chain(columns).chain(constraints).collect()
        }
        Act::AlterTable(alter) => alter.actions.iter().filter_map(given).collect(),
        Act::CreateIndex(index) => index.name.iter().map(of).collect(),
        Act::Rename(rename) => vec![&rename.to],
        Act::CreateView(view) => vec![of(&view.name)],
        Act::CreateEnum(create) => vec![of(&create.name)],
        Act::CreateDomain(create) => vec![of(&create.name)],
        Act::CreateFunction(create) => vec![of(&create.name)],
        Act::CreateTrigger(create) => vec![of(&create.name)],
        Act::Create(create) => vec![of(&create.name)],
        _ => Vec::new(),
    }
}

fn given(action: &Action) -> Option<&str> {
    match &action.kind {
        ActionKind::AddColumn { column, .. } => Some(&column.name.name),
        ActionKind::RenameColumn { to, .. } | ActionKind::RenameConstraint { to, .. } => Some(to),
        ActionKind::AddConstraint(constraint) => constraint.name.as_ref().map(|name| name.name.as_str()),
        _ => None,
    }
}
