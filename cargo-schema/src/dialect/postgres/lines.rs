//! A catalogue as lines that can be compared, without regard to the order of columns. Pure.

use schema_build::schema::{Column, Identity};

use super::document::{Other, Sequence};
use super::introspect::{Catalogue, ColumnSource, Entry, View};
use super::types;

/// All of it, sorted.
pub(super) fn of(catalogue: &Catalogue) -> Vec<String> {
    let mut lines: Vec<String> =
        catalogue.tables.iter().flat_map(|(name, entry)| table(name, entry)).collect();
    lines.extend(catalogue.views.iter().flat_map(view));
    lines.extend(catalogue.enums.values().map(|ty| {
        let values: Vec<&str> = ty.values.iter().map(|value| value.name.as_str()).collect();
        format!("enum {}: {}", ty.name, values.join(", "))
    }));
    lines
        .extend(catalogue.sequences.iter().map(|free| format!("sequence {}: {}", free.name, sequence(free))));
    lines.extend(
        catalogue
            .others
            .iter()
            .map(|other| format!("{} {}: {}", other.kind, other.name, flat(&other.definition))),
    );
    lines.sort();
    lines
}

fn table(name: &str, entry: &Entry) -> Vec<String> {
    let relation = &entry.relation;
    let mut lines = vec![format!("table {name}:{}", relation.clauses())];
    if let Some(comment) = &relation.comment {
        lines.push(format!("table {name}: comment {comment:?}"));
    }
    let columns = entry.table.columns.iter().zip(&entry.columns);
    lines.extend(columns.map(|(written, source)| format!("column {name}.{}", column(written, source))));
    lines.extend(
        entry
            .constraints
            .iter()
            .map(|(constraint, source)| format!("constraint {constraint} on {name}: {}", source.definition)),
    );
    lines.extend(entry.indexes.iter().map(|(index, source)| {
        let validity = if source.is_valid { "" } else { " (invalid)" };
        format!("index {index} on {name}: {}{validity}", source.definition)
    }));
    lines.extend(entry.attached.iter().map(|other| attached(name, other)));
    lines
}

fn attached(owner: &str, other: &Other) -> String {
    format!("{} {} on {owner}: {} {}", other.kind, other.name, flat(&other.definition), other.extra)
}

fn view(view: &View) -> Vec<String> {
    let relation = &view.relation;
    let kind = match relation.kind.as_str() {
        "m" => "materialized view",
        "v" => "view",
        "f" => "foreign table",
        _ => "partition",
    };
    let name = &relation.name;
    let definition = relation.definition.as_deref().or(relation.bound.as_deref()).unwrap_or_default();
    let comment = relation.comment.as_ref().map_or(String::new(), |comment| format!(" comment {comment:?}"));
    let mut lines = vec![format!("{kind} {name}:{} {}{comment}", relation.clauses(), flat(definition))];
    if relation.kind == "m" {
        lines.extend(view.indexes.iter().map(|index| format!("{kind} {name}: {index}")));
    }
    lines.extend(view.attached.iter().map(|other| attached(name, other)));
    lines
}

fn column(column: &Column, source: &ColumnSource) -> String {
    let mut words = vec![column.name.clone(), types::text(&column.ty).to_owned()];
    words.push(if column.is_nullable { "null" } else { "not null" }.to_owned());
    words.extend(column.default.as_ref().map(|default| format!("default {default}")));
    words.extend(
        column
            .generated
            .as_ref()
            .map(|made| format!("generated as {} stored {}", made.expression, made.is_stored)),
    );
    words.extend(column.identity.map(|identity| match identity {
        Identity::Always => "identity always".to_owned(),
        Identity::ByDefault => "identity".to_owned(),
    }));
    words.extend(column.collation.as_ref().map(|name| format!("collate {name}")));
    words.extend(column.comment.as_ref().map(|comment| format!("comment {comment:?}")));
    words.extend(source.extra.iter().cloned());
    words.extend(
        source
            .sequence
            .as_ref()
            .map(|numbers| format!("numbered by {}: {}", numbers.name, sequence(numbers))),
    );
    words.join(" ")
}

fn sequence(sequence: &Sequence) -> String {
    let Sequence { ty, start, increment, min, max, cache, cycle, .. } = sequence;
    format!("{ty} start {start} increment {increment} from {min} to {max} cache {cache} cycle {cycle}")
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
