//! A catalogue as lines that can be compared: everything that the server says, in one form for what is equal. Pure.

use super::catalogue::{Catalogue, ColumnEntry, Entry};
use super::define;
use super::name::{canonical, fold};

/// All of it, sorted.
pub(super) fn of(catalogue: &Catalogue) -> Vec<String> {
    let mut lines: Vec<String> = catalogue.tables.values().flat_map(table).collect();
    let views = catalogue.views.iter();
    lines.extend(views.map(|(name, sql)| format!("view {}: {}", fold(name), canonical(sql))));
    let triggers = catalogue.triggers.iter();
    lines.extend(triggers.map(|trigger| format!("trigger {}: {}", trigger.name, canonical(&trigger.sql()))));
    let routines = catalogue.routines.iter();
    lines.extend(routines.map(|(name, body)| format!("{name}: {}", canonical(body))));
    lines.sort();
    lines
}

fn table(entry: &Entry) -> Vec<String> {
    let name = fold(&entry.name);
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut lines = vec![format!(
        "table {name}: engine {}, collation {}, options {}, comment {}",
        said(&entry.engine),
        said(&entry.collation),
        entry.options,
        entry.comment
    )];
    let order: Vec<&str> = entry.columns.iter().map(|column| column.name.as_str()).collect();
    lines.push(format!("order of columns {name}: {}", order.join(", ")));
    lines.extend(entry.columns.iter().map(|written| format!("column {name}.{}", column(written, entry))));
    let hidden = |is_hidden: bool| if is_hidden { " hidden" } else { "" };
    lines.extend(
        entry
            .keys
            .iter()
            .map(|key| format!("index of {name}: {}{}", define::key(key), hidden(key.is_hidden))),
    );
    lines.extend(
        entry.foreign_keys.iter().map(|key| format!("foreign key of {name}: {}", define::foreign_key(key))),
    );
    lines.extend(entry.checks.iter().map(|check| format!("check of {name}: {}", define::check(check))));
    lines.extend(entry.partitions.iter().map(|partition| format!("partition of {name}: {partition}")));
    lines
}

fn column(written: &ColumnEntry, table: &Entry) -> String {
    format!("{} {}", define::column(written, table), written.strange)
}
