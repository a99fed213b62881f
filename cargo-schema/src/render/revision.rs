//! How a revision is shown: its day, its marks, the columns of a table.

use schema_runtime::history::{History, Node};
use schema_runtime::revision::Revision;
use schema_runtime::target::Applied;

/// `2026-11-20 09:15`: when it was made, by its metadata or, failing that, by its version.
pub(crate) fn stamp(revision: &Revision) -> String {
    match &revision.created {
        Some(created) => created.chars().take(16).collect::<String>().replace('T', " "),
        None => from_version(&revision.version).unwrap_or_default(),
    }
}

/// Versions begin with a date and mostly a time; what looks like neither is an id.
fn from_version(version: &str) -> Option<String> {
    let digits: String = version.chars().take_while(char::is_ascii_digit).take(12).collect();
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if !(1970..2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let date = format!("{year}-{month:02}-{day:02}");
    match (part(8, 10), part(10, 12)) {
        (Some(hour @ 0..24), Some(minute @ 0..60)) => Some(format!("{date} {hour:02}:{minute:02}")),
        _ => Some(date),
    }
}

/// `head`, `current`, `base` and labels, as far as they fit.
pub(crate) fn marks(history: &History, node: Node, applied: Option<&Applied>) -> Vec<String> {
    let is_current = applied.is_some_and(|applied| {
        applied.contains(node) && !history.children(node).iter().any(|&child| applied.contains(child))
    });
    let place = [
        ("head", history.children(node).is_empty()),
        ("current", is_current),
        ("base", history.parents(node).is_empty()),
    ];
    let words = place.iter().filter(|(_, is_so)| *is_so).map(|(word, _)| (*word).to_owned());
    let labels = history.revision(node).labels.iter().map(|label| format!("label {label}"));
    words.chain(labels).collect()
}

/// Rows with their columns aligned; trailing space is cut.
pub(crate) fn table<C: AsRef<str>>(rows: &[impl AsRef<[C]>]) -> Vec<String> {
    let mut widths = Vec::new();
    for row in rows {
        let row = row.as_ref();
        widths.resize(widths.len().max(row.len()), 0);
        row.iter()
            .zip(&mut widths)
            .for_each(|(cell, width)| *width = cell.as_ref().chars().count().max(*width));
    }
    rows.iter().map(|row| line(row.as_ref(), &widths)).collect()
}

fn line(row: &[impl AsRef<str>], widths: &[usize]) -> String {
    let mut line = String::with_capacity(widths.iter().map(|width| width + 2).sum());
    for (cell, &width) in row.iter().map(AsRef::as_ref).zip(widths) {
        if width > 0 {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_the_day_and_mostly_the_time() {
        assert_eq!(from_version("2026112009154f1c2a9b7d03").as_deref(), Some("2026-11-20 09:15"));
        assert_eq!(from_version("20261120091500").as_deref(), Some("2026-11-20 09:15"));
        assert_eq!(from_version("20261120").as_deref(), Some("2026-11-20"));
        assert_eq!(from_version("20261120f00"), Some("2026-11-20".to_owned()));
        assert_eq!(from_version("00000000000000"), None);
        assert_eq!(from_version("0001_initial"), None);
    }

    #[test]
    fn tables_are_aligned_and_empty_columns_vanish() {
        let rows = [["applied", "", "é1"], ["pending", "", "b"]];
        assert_eq!(table(&rows), ["applied  é1", "pending  b"]);
    }
}
