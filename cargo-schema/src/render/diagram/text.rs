//! For a terminal.

use super::{Diagram, Kind};
use crate::render::revision::table;

/// A paragraph per box, with its arrows.
pub(super) fn draw(diagram: &Diagram) -> String {
    let boxes = diagram.boxes.iter().enumerate().map(|(at, entry)| {
        let rows: Vec<Vec<String>> = entry.lines.iter().map(|line| line.0.to_vec()).collect();
        let lines: String = table(&rows).iter().map(|line| format!("  {line}\n")).collect();
        format!("{}\n{lines}{}", entry.title, arrows(diagram, at))
    });
    boxes.collect::<Vec<_>>().join("\n")
}

fn arrows(diagram: &Diagram, at: usize) -> String {
    let title = |place: usize| &diagram.boxes[place].title;
    let arrows = diagram.arrows.iter().filter_map(|arrow| match diagram.kind {
        Kind::History if arrow.to == at => {
            let word = if arrow.is_dashed { "depends on" } else { "follows" };
            Some(format!("  {word} {}\n", title(arrow.from)))
        }
        Kind::Entities if arrow.from == at => Some(format!("  ({}) -> {}\n", arrow.label, title(arrow.to))),
        Kind::History | Kind::Entities => None,
    });
    arrows.collect()
}
