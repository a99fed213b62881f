//! For Graphviz.

use super::{Diagram, Kind};

/// A directed graph.
pub(super) fn draw(diagram: &Diagram) -> String {
    let direction = match diagram.kind {
        Kind::History => "BT",
        Kind::Entities => "LR",
    };
    let mut text = format!(
        "digraph schema {{\n    rankdir = {direction};\n    node [shape = box, fontname = monospace];\n"
    );
    for (at, entry) in diagram.boxes.iter().enumerate() {
        let lines = entry.lines.iter().map(|line| line.0.join(" ").trim_end().to_owned());
        let label: String = lines.map(|line| format!("{}\\l", escaped(&line))).collect();
        text.push_str(&format!("    n{at} [label = \"{}\\n{label}\"];\n", escaped(&entry.title)));
    }
    for arrow in &diagram.arrows {
        let style = if arrow.is_dashed { ", style = dashed" } else { "" };
        text.push_str(&format!(
            "    n{} -> n{} [label = \"{}\"{style}];\n",
            arrow.from,
            arrow.to,
            escaped(&arrow.label)
        ));
    }
    text + "}\n"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
