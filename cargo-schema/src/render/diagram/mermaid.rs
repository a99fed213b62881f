//! For Markdown that draws Mermaid.

use super::{Diagram, Kind};

/// A flowchart of revisions, or an entity diagram.
pub(super) fn draw(diagram: &Diagram) -> String {
    match diagram.kind {
        Kind::History => history(diagram),
        Kind::Entities => entities(diagram),
    }
}

fn history(diagram: &Diagram) -> String {
    let mut text = String::from("flowchart BT\n");
    for (at, entry) in diagram.boxes.iter().enumerate() {
        let lines = entry.lines.iter().map(|line| line.0[0].as_str());
        let label: Vec<String> = std::iter::once(entry.title.as_str()).chain(lines).map(escaped).collect();
        text.push_str(&format!("    r{at}[\"{}\"]\n", label.join("<br/>")));
    }
    for arrow in &diagram.arrows {
        let line = if arrow.is_dashed { "-.->" } else { "-->" };
        text.push_str(&format!("    r{} {line} r{}\n", arrow.from, arrow.to));
    }
    text
}

fn entities(diagram: &Diagram) -> String {
    let mut text = String::from("erDiagram\n");
    for (at, entry) in diagram.boxes.iter().enumerate() {
        text.push_str(&format!("    t{at}[\"{}\"] {{\n", escaped(&entry.title)));
        for line in &entry.lines {
            let [name, ty, roles] = &line.0;
            let keys: Vec<&str> = [("key", "PK"), ("foreign", "FK")]
                .iter()
                .filter(|(role, _)| roles.contains(role))
                .map(|(_, key)| *key)
                .collect();
            let keys = if keys.is_empty() { String::new() } else { format!(" {}", keys.join(", ")) };
            text.push_str(&format!("        {} {}{keys}\n", word(ty), word(name)));
        }
        text.push_str("    }\n");
    }
    for arrow in &diagram.arrows {
        text.push_str(&format!(
            "    t{} }}o--|| t{} : \"{}\"\n",
            arrow.from,
            arrow.to,
            escaped(&arrow.label)
        ));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}

/// Mermaid takes words alone for types and columns.
fn word(text: &str) -> String {
    let word: String = text
        .chars()
        .map(|letter| if letter.is_alphanumeric() || letter == '_' { letter } else { '_' })
        .collect();
    match word.trim_matches('_') {
        "" => "_".to_owned(),
        trimmed if trimmed.starts_with(|first: char| first.is_ascii_digit()) => format!("_{trimmed}"),
        trimmed => trimmed.to_owned(),
    }
}
