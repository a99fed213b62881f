//! `type-change-rewrite`.

use crate::check::catalogue::Index;
use crate::check::rules::conversion::{Conversion, conversion};
use crate::check::rules::prelude::*;
use crate::check::sql::part::Type;

pub(super) static RULE: Rule = Rule {
    id: "type-change-rewrite",
    level: Warn,
    ways: Up,
    about: "changing a type writes the whole table anew",
    why: "The table and all of its indexes are written anew while nobody can use it. Only changes that leave \
          what is stored as it is are free: a longer varchar or none at all, text, a larger precision of \
          numeric at the same scale, more digits of a second.",
    instead: "Add a column of the new type, keep both in step with a trigger, fill it in batches, and change to it \
          in a later release.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ALTER COLUMN age TYPE bigint;",
            Claim::Rewrites("users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20), price numeric(10, 2)); INSERT INTO users VALUES (1, 'a', 1);",
            "ALTER TABLE users ALTER COLUMN name TYPE varchar(50), ALTER COLUMN price TYPE numeric(12, 2);\nALTER TABLE users ALTER name TYPE text;",
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); ALTER TABLE fresh ALTER COLUMN age TYPE bigint;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let ActionKind::SetType { column, ty, using, collation } = &action.kind else { continue };
        let known = site.table(table).and_then(|table| table.column(column));
        let from = known.and_then(|column| column.ty.as_ref());
        let cost = match (from, using) {
            (Some(from), using) if using.as_ref().is_none_or(|it| is_plain(&it.text, column, ty)) => {
                cost(site, from, ty)
            }
            _ => Conversion::Rewrite,
        };
        if cost == Conversion::Rewrite
            || (collation.is_some() && is_indexed(site, table, column))
            || (cost == Conversion::FreeInUtc && !is_utc(site))
        {
            let was = from.map(|from| format!(" from `{}`", from.text)).unwrap_or_default();
            hits.push(
                Hit::new(&action.span, format!(
                    "`{table}` is written anew, while nobody can use it, to change `{column}`{was} to `{}`", ty.text
                ))
                .help("add a column of the new type, keep both in step, fill it in batches, and change to it in a later release"),
            );
        }
    }
}

/// Another collation is another order, for which indexes are built anew.
fn is_indexed(site: &Site<'_>, table: &Name, column: &str) -> bool {
    let has = |index: &Index| index.columns.iter().flatten().any(|own| own == column);
    site.table(table).is_some_and(|table| table.indexes.iter().any(has))
}

/// A domain without a constraint costs what its own type costs.
fn cost(site: &Site<'_>, from: &Type, to: &Type) -> Conversion {
    let domain = |ty: &Type| site.catalogue.domain(&ty.name).cloned();
    match (domain(from), domain(to)) {
        (_, Some(to)) if to.is_constrained => Conversion::Rewrite,
        (_, Some(to)) => cost(site, from, &to.ty),
        (Some(from), None) => cost(site, &from.ty, to),
        (None, None) => conversion(from, to),
    }
}

/// `USING column` and `USING column::type` say what happens anyway.
fn is_plain(using: &str, column: &str, ty: &Type) -> bool {
    let bare = using.trim_matches(['(', ')']).trim_matches('"').to_lowercase();
    let cast = |text: &str| format!("{column}::{}", text.to_lowercase());
    let squeezed = |text: String| text.replace([' ', '"'], "");
    bare == column.to_lowercase()
        || squeezed(using.to_lowercase()) == squeezed(cast(&ty.text))
        || squeezed(using.to_lowercase()) == squeezed(cast(&ty.name))
}

/// The script says so before.
fn is_utc(site: &Site<'_>) -> bool {
    let zone = site.before().iter().rev().find_map(|placed| match &placed.act {
        Act::Set(set) if set.name == "timezone" => Some(set.value.clone()),
        _ => None,
    });
    zone.flatten().is_some_and(|zone| matches!(zone.as_str(), "utc" | "etc/utc" | "gmt" | "0"))
}
