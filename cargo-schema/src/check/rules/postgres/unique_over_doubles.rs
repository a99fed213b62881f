//! `unique-over-doubles`.

use std::collections::BTreeSet;

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "unique-over-doubles",
    level: Deny,
    ways: Up,
    about: "what is to be unique is there twice",
    why: "The history itself put the same values into two rows. The statement fails; CONCURRENTLY it leaves an \
          index behind that is not valid.",
    instead: "Change one of the rows first.",
    find,
    examples: &[
        fires(
            "CREATE TABLE handles (id bigint PRIMARY KEY, handle text NOT NULL);\nINSERT INTO handles VALUES (1, 'neo'), (2, 'neo');",
            "CREATE UNIQUE INDEX CONCURRENTLY handles_handle ON handles (handle);",
            Claim::Fails("23505"),
        )
        .outside(),
        quiet(
            "CREATE TABLE handles (id bigint PRIMARY KEY, handle text NOT NULL);\nINSERT INTO handles VALUES (1, 'neo'), (2, 'trinity');",
            "CREATE UNIQUE INDEX CONCURRENTLY handles_handle ON handles (handle);",
        )
        .outside(),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut say = |span, table: &Name, columns: &[String]| {
        if let Some(values) = site.table(table).and_then(|known| doubled(known, columns)) {
            let list = columns.join(", ");
            hits.push(
                Hit::new(span, format!("this fails: two rows of `{table}` have the same ({list}): {values}"))
                    .help("change one of them first"),
            );
        }
    };
    if let Act::CreateIndex(create) = site.act
        && create.is_unique
        && create.condition.is_none()
        && let Some(columns) = create.items.iter().map(|item| item.column.clone()).collect::<Option<Vec<_>>>()
    {
        say(site.span, &create.table, &columns);
    }
    for (table, constraint) in site.added_constraints() {
        if let ConstraintKind::Unique(key) | ConstraintKind::PrimaryKey(key) = &constraint.kind
            && key.using_index.is_none()
        {
            say(&constraint.span, table, &key.columns);
        }
    }
}

/// The literals that two rows have in common in these columns, where all rows are known.
fn doubled(table: &Table, columns: &[String]) -> Option<String> {
    let count = table.columns.iter().map(|column| column.values.len()).max()?;
    let values: Vec<&Vec<String>> =
        columns.iter().map(|name| table.column(name).map(|column| &column.values)).collect::<Option<_>>()?;
    if !table.rows_are_known || columns.is_empty() || values.iter().any(|values| values.len() != count) {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut rows = (0..count).map(|row| values.iter().map(|values| values[row].as_str()).collect::<Vec<_>>());
    let double = rows.find(|row| row.iter().all(|value| is_literal(value)) && !seen.insert(row.clone()))?;
    Some(double.join(", "))
}

fn is_literal(value: &str) -> bool {
    value.ends_with('\'') && value.starts_with('\'') || value.parse::<f64>().is_ok()
}
