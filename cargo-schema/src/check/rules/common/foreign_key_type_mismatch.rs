//! `foreign-key-type-mismatch`.

use schema_runtime::dialect::Dialect;

use crate::check::rules::prelude::*;
use crate::check::sql::part::Type;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-type-mismatch",
    level: Warn,
    ways: Up,
    about: "a foreign key and what it points to have different types",
    why: "Every comparison casts one of them; a wider key does not fit into a narrower column once it has \
          grown.",
    instead: "Give the column the type of the key that it points to.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id int REFERENCES users (id));",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    // InnoDB refuses it, which a rule of its own says.
    if site.script.dialect == Dialect::Mysql {
        return;
    }
    let (table, constraints, columns): (&Name, Vec<&Constraint>, &[Column]) = match site.act {
        Act::CreateTable(create) => {
            let beside = create.columns.iter().flat_map(|column| &column.constraints);
            (&create.table, create.constraints.iter().chain(beside).collect(), &create.columns)
        }
        Act::AlterTable(alter) => {
            (&alter.table, site.added_constraints().map(|(_, constraint)| constraint).collect(), &[])
        }
        _ => return,
    };
    for constraint in constraints {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        let Some(target) = site.table(&key.table) else { continue };
        let fallback = target.primary_key.clone().unwrap_or_default();
        let references = if key.references.is_empty() { &fallback } else { &key.references };
        for (column, reference) in key.columns.iter().zip(references) {
            let own = type_of(site, table, columns, column);
            let theirs = target.column(reference).and_then(|column| column.ty.clone());
            if let (Some(own), Some(theirs)) = (own, theirs)
                && is_other(&own, &theirs)
            {
                hits.push(
                    Hit::new(
                        &constraint.span,
                        format!(
                            "`{table}.{column}` is `{}`, and `{}.{reference}`, to which it points, is `{}`",
                            own.name, key.table, theirs.name
                        ),
                    )
                    .help("give both the same type"),
                );
            }
        }
    }
}

/// In the statement itself, else in what is there.
fn type_of(site: &Site<'_>, table: &Name, columns: &[Column], column: &str) -> Option<Type> {
    let here = columns.iter().chain(site.added_columns().map(|(_, column)| column));
    let written = here.into_iter().find(|it| it.name.name == column).and_then(|it| it.ty.clone());
    written.or_else(|| site.table(table)?.column(column)?.ty.clone())
}

/// Lengths do not matter, and neither does varchar beside text.
fn is_other(own: &Type, theirs: &Type) -> bool {
    let text = |ty: &Type| matches!(ty.name.as_str(), "text" | "character varying" | "varchar");
    let modifiers = |ty: &Type| ty.modifiers.iter().any(|it| it == "unsigned");
    (own.name != theirs.name && !(text(own) && text(theirs))) || modifiers(own) != modifiers(theirs)
}
