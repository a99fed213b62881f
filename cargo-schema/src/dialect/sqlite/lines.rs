//! A catalogue as lines that can be compared: every clause that anybody wrote, without regard to order, white space,
//! case and needless quotes. Pure.

use super::introspect::{Catalogue, Entry};
use super::name::{canonical, fold};
use super::source::{Clause, ColumnSource};

/// All of it, sorted.
pub(super) fn of(catalogue: &Catalogue) -> Vec<String> {
    let mut lines: Vec<String> = catalogue.tables.values().flat_map(table).collect();
    lines
        .extend(catalogue.views.iter().map(|(name, sql)| format!("view {}: {}", fold(name), canonical(sql))));
    lines.extend(
        catalogue
            .triggers
            .iter()
            .map(|trigger| format!("trigger {}: {}", trigger.name, canonical(&trigger.sql))),
    );
    lines.extend(catalogue.virtuals.iter().map(|sql| format!("virtual: {}", canonical(sql))));
    lines.sort();
    lines
}

fn table(entry: &Entry) -> Vec<String> {
    let source = &entry.source;
    let name = fold(&source.name);
    let mut lines =
        vec![format!("table {name}: strict {}, without rowid {}", source.is_strict, source.is_without_rowid)];
    lines.extend(source.columns.iter().map(|written| format!("column {name}.{}", column(written))));
    lines.extend(source.constraints.iter().map(|clause| format!("constraint {name}: {}", text(clause))));
    lines.extend(
        entry.indexes.iter().map(|index| format!("index {}: {}", fold(&index.name), canonical(&index.sql))),
    );
    lines
}

fn column(written: &ColumnSource) -> String {
    let mut clauses: Vec<String> = written.clauses.iter().map(text).collect();
    clauses.sort();
    format!("{} {} {}", fold(&written.name), super::types::canonical(&written.ty), clauses.join(" "))
}

fn text(clause: &Clause) -> String {
    canonical(&clause.text)
}
