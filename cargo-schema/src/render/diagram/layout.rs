//! Where boxes stand: in rows by how far they are from where the arrows begin, circles broken where they close.

use super::{Diagram, Kind};

/// The width of a letter, the height of a line, and the room around boxes.
pub(super) const LETTER: usize = 8;
pub(super) const LINE: usize = 18;
pub(super) const GAP: usize = 40;

/// A box with its place, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Every box's place.
pub(super) fn place(diagram: &Diagram) -> Vec<Placed> {
    let rows = rows(diagram);
    let last = rows.iter().max().map_or(0, |row| row + 1);
    let mut placed = vec![Placed { x: 0, y: 0, width: 0, height: 0 }; rows.len()];
    let mut y = GAP;
    for row in 0..last {
        let (mut x, mut highest) = (GAP, 0);
        for at in (0..rows.len()).filter(|&at| rows[at] == row) {
            let (width, height) = size(diagram, at);
            placed[at] = Placed { x, y, width, height };
            x += width + GAP;
            highest = highest.max(height);
        }
        y += highest + GAP;
    }
    placed
}

fn size(diagram: &Diagram, at: usize) -> (usize, usize) {
    let entry = &diagram.boxes[at];
    let lines = entry.lines.iter().map(|line| line.0.join(" ").trim_end().chars().count());
    let widest = lines.chain([entry.title.chars().count()]).max().unwrap_or(0);
    (widest * LETTER + 2 * LETTER, (entry.lines.len() + 1) * LINE + LINE / 2)
}

/// The newest revisions, and the tables that others point to, stand above. Each arrow leads to the row above, or
/// further; one that would close a circle counts for nothing.
fn rows(diagram: &Diagram) -> Vec<usize> {
    let mut leads: Vec<Vec<usize>> = vec![Vec::new(); diagram.boxes.len()];
    for arrow in diagram.arrows.iter().filter(|arrow| arrow.from != arrow.to) {
        leads[arrow.from].push(arrow.to);
    }
    let mut rows: Vec<Option<usize>> = vec![None; leads.len()];
    let order: Vec<usize> = match diagram.kind {
        // Children have greater numbers: from the newest on, everything above is known, and no stack grows.
        Kind::History => (0..leads.len()).rev().collect(),
        Kind::Entities => (0..leads.len()).collect(),
    };
    let mut is_open = vec![false; leads.len()];
    for at in order {
        row(at, &leads, &mut rows, &mut is_open);
    }
    rows.into_iter().map(|row| row.unwrap_or(0)).collect()
}

fn row(at: usize, leads: &[Vec<usize>], rows: &mut [Option<usize>], is_open: &mut [bool]) -> usize {
    if let Some(row) = rows[at] {
        return row;
    }
    is_open[at] = true;
    let above: Vec<usize> = leads[at].iter().copied().filter(|&to| !is_open[to]).collect();
    let found = above.into_iter().map(|to| row(to, leads, rows, is_open) + 1).max().unwrap_or(0);
    is_open[at] = false;
    rows[at] = Some(found);
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Arrow, Entry};
    use super::*;

    #[test]
    fn what_is_pointed_to_stands_above_and_circles_end() {
        let entry = |title: &str| Entry { title: title.to_owned(), lines: Vec::new() };
        let arrow = |from, to| Arrow { from, to, label: String::new(), is_dashed: false };
        let diagram = Diagram {
            kind: Kind::Entities,
            boxes: ["a", "b", "c", "d"].map(entry).to_vec(),
            arrows: vec![arrow(0, 1), arrow(1, 2), arrow(2, 0), arrow(3, 3)],
        };
        assert_eq!(rows(&diagram), [2, 1, 0, 0]);
        let placed = place(&diagram);
        assert!(placed[0].y > placed[1].y && placed[1].y > placed[2].y);
        assert!(placed[3].x > placed[2].x + placed[2].width, "boxes of a row do not overlap");
    }
}
