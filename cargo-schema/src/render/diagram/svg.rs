//! A picture.

use std::fmt::Write as _;

use super::layout::{self, GAP, LETTER, LINE, Placed};
use super::{Arrow, Diagram};

const STYLE: &str = "text{font:13px monospace;fill:#222}.title{font-weight:bold}rect{fill:#f6f8fa;stroke:#57606a}\
    path{fill:none;stroke:#57606a}.dashed{stroke-dasharray:4}";

/// The picture, complete in itself.
pub(super) fn draw(diagram: &Diagram) -> String {
    let placed = layout::place(diagram);
    let width = placed.iter().map(|it| it.x + it.width).max().unwrap_or(0) + GAP;
    let height = placed.iter().map(|it| it.y + it.height).max().unwrap_or(0) + GAP;
    // Writing to a string cannot fail.
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
    );
    let _ = writeln!(text, "<style>{STYLE}</style>");
    let _ = writeln!(
        text,
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8\"/></marker></defs>"
    );
    for arrow in &diagram.arrows {
        text.push_str(&path(arrow, &placed));
    }
    for (entry, at) in diagram.boxes.iter().zip(&placed) {
        let _ = writeln!(
            text,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>",
            at.x, at.y, at.width, at.height
        );
        let x = at.x + LETTER;
        let _ = writeln!(
            text,
            "<text class=\"title\" x=\"{x}\" y=\"{}\">{}</text>",
            at.y + LINE,
            escaped(&entry.title)
        );
        for (index, line) in entry.lines.iter().enumerate() {
            let y = at.y + (index + 2) * LINE;
            let _ =
                writeln!(text, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(line.0.join(" ").trim_end()));
        }
    }
    text + "</svg>\n"
}

/// From the top of one box to the foot of another; to itself, around its right side.
fn path(arrow: &Arrow, placed: &[Placed]) -> String {
    let (from, to) = (placed[arrow.from], placed[arrow.to]);
    let class = if arrow.is_dashed { " class=\"dashed\"" } else { "" };
    let way = if arrow.from == arrow.to {
        let (x, y) = (from.x + from.width, from.y + from.height / 2);
        format!("M{x} {y} C{} {y} {} {} {x} {}", x + GAP, x + GAP, y + LINE, y + LINE)
    } else {
        let (x, y) = (from.x + from.width / 2, from.y);
        let (end_x, end_y) = (to.x + to.width / 2, to.y + to.height);
        let (bend, end_bend) = (y.saturating_sub(GAP / 2), end_y + GAP / 2);
        format!("M{x} {y} C{x} {bend} {end_x} {end_bend} {end_x} {end_y}")
    };
    format!(
        "<path d=\"{way}\" marker-end=\"url(#tip)\"{class}><title>{}</title></path>\n",
        escaped(&arrow.label)
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
