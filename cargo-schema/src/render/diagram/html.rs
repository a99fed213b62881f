//! A page that needs nothing else: no script, no style sheet, no picture from elsewhere.

use super::Diagram;
use super::svg::{self, escaped};

/// Diagrams below their headings.
pub(crate) fn page(title: &str, diagrams: &[(&str, &Diagram)]) -> String {
    let title = escaped(title);
    let sections = diagrams
        .iter()
        .map(|(heading, diagram)| format!("<h2>{}</h2>\n{}", escaped(heading), svg::draw(diagram)));
    let sections: String = sections.collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>body{{font-family:sans-serif;margin:2em}}svg{{max-width:100%;height:auto}}</style>\n</head>\n\
         <body>\n<h1>{title}</h1>\n{sections}</body>\n</html>\n"
    )
}
