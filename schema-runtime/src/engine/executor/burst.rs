//! Several revisions in one message, where nothing is applied but by this run: a new database has no rows yet that
//! would keep one of them busy, and nobody waits for it. Each is a transaction of its own as ever. What goes wrong is
//! found out by running the revision that is left by itself.

use std::collections::VecDeque;

use super::Executor;
use super::units::Unit;
use crate::engine::Error;
use crate::engine::backend::{Step, Together};
use crate::engine::session::SqlErrorKind;
use crate::history::Node;
use crate::plan::{Direction, Plan};
use crate::revision::Script;

/// So many revisions: more make the way there no shorter that anybody could measure.
const MOST: usize = 32;

impl<'e> Executor<'e> {
    /// Runs what comes next in one message, as far as that may be, and gives how many units are done.
    pub(super) fn burst(&mut self, plan: &Plan, coming: &VecDeque<Unit>) -> Result<usize, Error> {
        let nodes = self.together(plan.direction, coming);
        if nodes.len() < 2 {
            return Ok(0);
        }
        let steps: Vec<Step<'_>> = nodes.iter().map(|&node| self.step(node, plan)).collect();
        self.announce(nodes[0], plan.direction);
        let start = self.clock();
        let Together { done, stop } = self.backend.run_together(self.session, &steps);
        let elapsed = start.elapsed() / u32::try_from(nodes.len()).unwrap_or(u32::MAX);
        for &node in &nodes[..done] {
            self.announce(node, plan.direction);
            self.finish(node, plan.direction, elapsed);
        }
        self.is_new = done == nodes.len();
        match (stop, &nodes[done..]) {
            (None, _) => Ok(done),
            (Some(error), [node, others @ ..]) if error.kind == SqlErrorKind::Lost => {
                Err(self.lost(*node, plan.direction, others.len(), error))
            }
            (Some(error), _) => Err(self.obstructed("run the next revisions", error)),
        }
    }

    /// The revisions that may go together.
    fn together(&self, direction: Direction, coming: &VecDeque<Unit>) -> Vec<Node> {
        if !self.is_new || self.is_stale || direction == Direction::Down || !self.known.halves.is_empty() {
            return Vec::new();
        }
        let single = |unit: &Unit| if let [node] = unit.nodes[..] { Some(node) } else { None };
        let nodes =
            coming.iter().take(MOST).map_while(single).take_while(|&node| self.is_left(node, direction));
        let (mut nodes, scripts): (Vec<Node>, Vec<&Script>) =
            nodes.map_while(|node| Some((node, self.script(node, direction)?))).unzip();
        nodes.truncate(self.backend.together(&scripts));
        nodes
    }
}
