//! The history as `git log --graph` would draw it: newest first, one column for every line of descent. Pure:
//! revisions in, lines out.

use schema_runtime::history::{History, Node};

/// One line of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// A revision, drawn as `*`, and what goes on beside more lines of text about it.
    Revision { node: Node, drawing: String, beside: String },
    /// Lines that fork, join and move.
    Edges(String),
}

/// Draws these nodes, which are ascending. Edges to revisions that are not among them end.
pub(crate) fn draw(history: &History, nodes: &[Node]) -> Vec<Row> {
    let mut is_drawn = vec![false; history.len()];
    nodes.iter().for_each(|&node| is_drawn[node] = true);
    let mut canvas = Canvas::default();
    for &node in nodes.iter().rev() {
        let parents = history.parents(node).iter().copied().filter(|&parent| is_drawn[parent]).collect();
        canvas.revision(node, parents);
    }
    canvas.rows
}

/// How wide the drawing is, and so where text begins.
pub(crate) fn width(rows: &[Row]) -> usize {
    let drawings = rows.iter().filter_map(|row| match row {
        Row::Revision { drawing, beside, .. } => Some(drawing.len().max(beside.len())),
        Row::Edges(_) => None,
    });
    drawings.max().unwrap_or(0)
}

/// Every column is a line on its way down to a revision.
#[derive(Default)]
struct Canvas {
    columns: Vec<Node>,
    rows: Vec<Row>,
}

impl Canvas {
    fn revision(&mut self, node: Node, parents: Vec<Node>) {
        let column = self.arrive(node);
        let drawing = self.line(|at| if at == column { '*' } else { '|' });
        let index = self.rows.len();
        self.rows.push(Row::Revision { node, drawing, beside: String::new() });
        self.leave(column, &parents);
        let last = self.columns.len().max(column);
        let below = (0..last).map(|at| if at == column && parents.is_empty() { "  " } else { "| " });
        let text = below.collect::<String>().trim_end().to_owned();
        if let Row::Revision { beside, .. } = &mut self.rows[index] {
            *beside = text;
        }
    }

    /// Joins all lines that lead to a revision; gives its column.
    fn arrive(&mut self, node: Node) -> usize {
        let leading = (0..self.columns.len()).filter(|&at| self.columns[at] == node).collect::<Vec<_>>();
        let Some(&column) = leading.first() else {
            self.columns.push(node);
            return self.columns.len() - 1;
        };
        for pair in leading.windows(2).rev() {
            self.join(pair[1], pair[0]);
        }
        column
    }

    /// `|_|/`: the line `from` ends in the line `into`, and those right of it move up.
    fn join(&mut self, from: usize, into: usize) {
        let mut cells = Cells::default();
        (0..from).for_each(|at| cells.put(2 * at, '|'));
        (into + 1..from).for_each(|at| cells.put(2 * at - 1, '_'));
        (from..self.columns.len()).for_each(|at| cells.put(2 * at - 1, '/'));
        self.columns.remove(from);
        self.rows.push(Row::Edges(cells.text));
    }

    /// Sends the line of a revision on to its parents.
    fn leave(&mut self, column: usize, parents: &[Node]) {
        let Some((&first, others)) = parents.split_first() else { return self.end(column) };
        self.columns[column] = first;
        for (index, &parent) in others.iter().enumerate() {
            self.fork(column + 1 + index, parent);
        }
    }

    /// `|\`: a line begins, and those right of it make room.
    fn fork(&mut self, at: usize, parent: Node) {
        let mut cells = Cells::default();
        (0..at).for_each(|at| cells.put(2 * at, '|'));
        (at..=self.columns.len()).for_each(|at| cells.put(2 * at - 1, '\\'));
        self.columns.insert(at, parent);
        self.rows.push(Row::Edges(cells.text));
    }

    /// The line ends, and those right of it move up.
    fn end(&mut self, column: usize) {
        self.columns.remove(column);
        if column == self.columns.len() {
            return;
        }
        let mut cells = Cells::default();
        (0..column).for_each(|at| cells.put(2 * at, '|'));
        (column..self.columns.len()).for_each(|at| cells.put(2 * at + 1, '/'));
        self.rows.push(Row::Edges(cells.text));
    }

    fn line(&self, cell: impl Fn(usize) -> char) -> String {
        let mut cells = Cells::default();
        (0..self.columns.len()).for_each(|at| cells.put(2 * at, cell(at)));
        cells.text
    }
}

/// A line that is written from left to right.
#[derive(Default)]
struct Cells {
    text: String,
}

impl Cells {
    fn put(&mut self, at: usize, cell: char) {
        // Cells come nearly in order: an underscore may fall before the last bar.
        while self.text.len() <= at {
            self.text.push(' ');
        }
        let mut buffer = [0; 4];
        self.text.replace_range(at..=at, cell.encode_utf8(&mut buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::history;

    fn drawn(revisions: &[(&str, &[&str])]) -> String {
        let history = history(revisions);
        let nodes: Vec<Node> = (0..history.len()).collect();
        let lines = draw(&history, &nodes).into_iter().map(|row| match row {
            Row::Revision { node, drawing, .. } => format!("{drawing} {}", history.revision(node).id),
            Row::Edges(edges) => edges,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_line() {
        assert_eq!(drawn(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]), "* c\n* b\n* a");
    }

    #[test]
    fn a_merge() {
        let history = drawn(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"]), ("e", &["d"])]);
        assert_eq!(history, "* e\n* d\n|\\\n| * c\n* | b\n|/\n* a");
    }

    #[test]
    fn two_heads() {
        assert_eq!(drawn(&[("a", &[]), ("b", &["a"]), ("c", &["a"])]), "* c\n| * b\n|/\n* a");
    }

    #[test]
    fn a_base_that_ends_left_of_another_line() {
        assert_eq!(
            drawn(&[("a", &[]), ("b", &[]), ("c", &["a"]), ("d", &["b"])]),
            "* d\n| * c\n* | b\n /\n* a"
        );
    }

    #[test]
    fn lines_cross_on_the_way_to_a_common_parent() {
        let history =
            drawn(&[("a", &[]), ("b", &["a"]), ("c", &["b"]), ("d", &["a"]), ("e", &["b"]), ("f", &["a"])]);
        assert_eq!(history, "* f\n| * e\n| | * d\n| | | * c\n| |_|/\n| * | b\n| |/\n|/\n* a");
    }

    #[test]
    fn three_parents() {
        let history =
            drawn(&[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["a"]), ("e", &["b", "c", "d"])]);
        assert_eq!(history, "* e\n|\\\n| |\\\n| | * d\n| * | c\n* | | b\n| |/\n|/\n* a");
    }
}
