//! The order of a history: every revision after what it requires, independent ones by version. What cannot be
//! ordered is split into its cycles, so that innocent descendants of a cycle are not accused.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::revision::Revision;

/// Indices in running order, and the cycles; the order is complete when there are none.
pub(super) fn sort(
    revisions: &[Revision],
    parents: &[Vec<usize>],
    dependencies: &[Vec<usize>],
) -> (Vec<usize>, Vec<Vec<usize>>) {
    if is_in_order(revisions, parents, dependencies) {
        return ((0..revisions.len()).collect(), Vec::new());
    }
    let requirements: Vec<Vec<usize>> =
        parents.iter().zip(dependencies).map(|(parents, needs)| [&parents[..], needs].concat()).collect();
    let ranks = ranks(revisions);
    let order = kahn(&ranks, &requirements);
    let cycles = if order.len() == revisions.len() { Vec::new() } else { cycles(&requirements) };
    (order, cycles)
}

/// Whether the list is its own order: by version, and nobody waits for a later one. Nearly all are.
fn is_in_order(revisions: &[Revision], parents: &[Vec<usize>], dependencies: &[Vec<usize>]) -> bool {
    let looks_back = |edges: &[Vec<usize>]| {
        edges.iter().enumerate().all(|(index, ends)| ends.iter().all(|&end| end < index))
    };
    revisions.is_sorted_by(|a, b| a.version < b.version) && looks_back(parents) && looks_back(dependencies)
}

/// Each revision's place by version; ties, which are defects, by id and place in the list.
fn ranks(revisions: &[Revision]) -> Vec<usize> {
    let mut by_version: Vec<usize> = (0..revisions.len()).collect();
    by_version.sort_by_key(|&index| (&revisions[index].version, &revisions[index].id, index));
    let mut ranks = vec![0; revisions.len()];
    by_version.into_iter().enumerate().for_each(|(rank, index)| ranks[index] = rank);
    ranks
}

fn kahn(ranks: &[usize], requirements: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = requirements.iter().map(Vec::len).collect();
    let mut followers = vec![Vec::new(); requirements.len()];
    for (index, ends) in requirements.iter().enumerate() {
        ends.iter().for_each(|&end| followers[end].push(index));
    }
    let entry = |index: usize| Reverse((ranks[index], index));
    let mut ready: BinaryHeap<_> =
        (0..waiting.len()).filter(|&index| waiting[index] == 0).map(entry).collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse((_, index))) = ready.pop() {
        order.push(index);
        for &follower in &followers[index] {
            waiting[follower] -= 1;
            if waiting[follower] == 0 {
                ready.push(entry(follower));
            }
        }
    }
    order
}

/// Tarjan's strongly connected components of more than one revision, without recursion: a history may be longer
/// than the stack is deep.
fn cycles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search::new(edges);
    (0..edges.len()).for_each(|root| search.visit(root));
    search.cycles.sort_unstable();
    search.cycles
}

const UNSEEN: usize = usize::MAX;

struct Search<'a> {
    edges: &'a [Vec<usize>],
    number: Vec<usize>,
    low: Vec<usize>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    count: usize,
    cycles: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(edges: &'a [Vec<usize>]) -> Self {
        let size = edges.len();
        Self {
            edges,
            number: vec![UNSEEN; size],
            low: vec![0; size],
            is_open: vec![false; size],
            open: Vec::new(),
            count: 0,
            cycles: Vec::new(),
        }
    }

    fn visit(&mut self, root: usize) {
        if self.number[root] != UNSEEN {
            return;
        }
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((index, next)) = path.pop() {
            match self.edges[index].get(next) {
                None => self.leave(index, path.last().map(|(parent, _)| *parent)),
                Some(&end) => {
                    path.push((index, next + 1));
                    if self.number[end] == UNSEEN {
                        self.enter(end);
                        path.push((end, 0));
                    } else if self.is_open[end] {
                        self.low[index] = self.low[index].min(self.number[end]);
                    }
                }
            }
        }
    }

    fn enter(&mut self, index: usize) {
        self.number[index] = self.count;
        self.low[index] = self.count;
        self.count += 1;
        self.open.push(index);
        self.is_open[index] = true;
    }

    fn leave(&mut self, index: usize, parent: Option<usize>) {
        if let Some(parent) = parent {
            self.low[parent] = self.low[parent].min(self.low[index]);
        }
        if self.low[index] == self.number[index] {
            let start = self.open.iter().rposition(|&open| open == index).expect("an entered node is open");
            let mut component = self.open.split_off(start);
            component.iter().for_each(|&member| self.is_open[member] = false);
            component.sort_unstable();
            if component.len() > 1 {
                self.cycles.push(component);
            }
        }
    }
}
