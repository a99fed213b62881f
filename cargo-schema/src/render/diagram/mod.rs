//! Diagrams: boxes and arrows, from a history or from a schema, and one file per language that draws them. Pure, and
//! the same on every run.

mod dot;
mod html;
mod layout;
mod mermaid;
mod svg;
mod text;

use schema_build::schema::{ColumnType, Schema, Table};
use schema_runtime::history::{History, Node};

use super::revision::{marks, stamp};

pub(crate) use html::page;

/// A language of diagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// For a terminal
    Text,
    /// For Markdown that draws Mermaid
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// Both diagrams on one page that needs nothing else
    Html,
}

/// Boxes and arrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Diagram {
    pub(crate) kind: Kind,
    pub(crate) boxes: Vec<Entry>,
    pub(crate) arrows: Vec<Arrow>,
}

/// What a diagram shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    History,
    Entities,
}

/// A revision, or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// One line in a box: of a table its column, type and role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line(pub(crate) [String; 3]);

/// From a parent to its child, or from a table to the one that it points to; by places among the boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The columns of a foreign key.
    pub(crate) label: String,
    /// It orders and does not join.
    pub(crate) is_dashed: bool,
}

impl Diagram {
    /// In one of the languages.
    pub(crate) fn draw(&self, language: Language) -> String {
        match language {
            Language::Text => text::draw(self),
            Language::Mermaid => mermaid::draw(self),
            Language::Dot => dot::draw(self),
            Language::Svg => svg::draw(self),
            Language::Html => {
                let heading = match self.kind {
                    Kind::History => "History",
                    Kind::Entities => "Tables",
                };
                page(heading, &[("", self)])
            }
        }
    }

    /// Revisions, oldest first.
    pub(crate) fn of_history(history: &History) -> Self {
        let boxes = (0..history.len()).map(|node| revision(history, node)).collect();
        let arrow = |from: Node, to: Node, is_dashed| Arrow { from, to, label: String::new(), is_dashed };
        let arrows = (0..history.len()).flat_map(|node| {
            let parents = history.parents(node).iter().map(move |&parent| arrow(parent, node, false));
            let needs = history.dependencies(node).iter().map(move |&need| arrow(need, node, true));
            parents.chain(needs).collect::<Vec<_>>()
        });
        Self { kind: Kind::History, boxes, arrows: arrows.collect() }
    }

    /// Tables by name, and their foreign keys.
    pub(crate) fn of_schema(schema: &Schema, is_same: impl Fn(&str, &str) -> bool) -> Self {
        let boxes = schema.tables.iter().map(|(name, described)| table(name, described)).collect();
        let place = |name: &str| schema.tables.keys().position(|other| is_same(other, name));
        let arrows = schema.tables.values().enumerate().flat_map(|(from, table)| {
            let keys = table.foreign_keys.iter().filter_map(|key| {
                let (to, label) = (place(&key.table)?, key.columns.join(", "));
                Some(Arrow { from, to, label, is_dashed: false })
            });
            keys.collect::<Vec<_>>()
        });
        Self { kind: Kind::Entities, boxes, arrows: arrows.collect() }
    }
}

fn revision(history: &History, node: Node) -> Entry {
    let revision = history.revision(node);
    let line = |text: String| Line([text, String::new(), String::new()]);
    let marks = marks(history, node, None).join(", ");
    let lines = [revision.message.to_string(), stamp(revision), marks];
    Entry {
        title: revision.id.to_string(),
        lines: lines.into_iter().filter(|text| !text.is_empty()).map(line).collect(),
    }
}

fn table(name: &str, table: &Table) -> Entry {
    let is_key = |column: &String| table.primary_key.iter().any(|key| key.columns.contains(column));
    let lines = table.columns.iter().map(|column| {
        let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
        let mut roles = Vec::new();
        roles.extend(is_key(&column.name).then_some("key"));
        let is_foreign = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        roles.extend(is_foreign.then_some("foreign"));
        roles.extend(column.is_nullable.then_some("null"));
        Line([column.name.clone(), ty.clone(), roles.join(", ")])
    });
    Entry { title: name.to_owned(), lines: lines.collect() }
}
