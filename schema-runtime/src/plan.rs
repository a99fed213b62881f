//! Plans: which revisions to run or revert, in which order, to get from what is applied to a target.

use crate::history::{History, Node};
use crate::target::{self, Applied, Branch, Place, Scope, TargetError};

/// Which way a script is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `up.sql`.
    Up,
    /// `down.sql`.
    Down,
}

/// Revisions in the order in which they will run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Up or down; a plan never mixes.
    pub direction: Direction,
    /// Ascending for up, descending for down.
    pub nodes: Vec<Node>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// What to run, and in which order, so that the target is applied.
pub fn upgrade(history: &History, applied: &Applied, target: &str) -> Result<Plan, TargetError> {
    let scope = Scope { history, applied: Some(applied), target };
    if scope.steps_back()?.is_some() {
        return Err(scope
            .error("goes back, and an upgrade goes forward")
            .help(format!("cargo schema revert {target}")));
    }
    let wanted = match scope.place(target)? {
        Place::Base(_) => Vec::new(),
        Place::At { nodes, .. } => nodes,
    };
    let required = with_requirements(history, &wanted);
    let nodes =
        (0..history.len()).filter(|&node| required.contains(node) && !applied.contains(node)).collect();
    Ok(Plan { direction: Direction::Up, nodes })
}

/// What to revert, and in which order, so that nothing after the target is applied. A bare number is that many steps.
pub fn revert(history: &History, applied: &Applied, target: &str) -> Result<Plan, TargetError> {
    let target = &as_steps(history, target)?;
    let scope = Scope { history, applied: Some(applied), target };
    if scope.steps_up() {
        return Err(scope
            .error("goes forward, and a revert goes back")
            .help(format!("cargo schema upgrade {target}")));
    }
    let removed = match scope.steps_back()? {
        Some((steps, branch)) => steps_back(&scope, applied, steps, branch.as_ref())?,
        None => after(&scope, applied, scope.place(target)?)?,
    };
    Ok(reverting(history, applied, removed))
}

/// The plan of an offline script: from `A`, where nothing but `A` and what it requires is applied, to `B`. For
/// `Down`, from `A` back to `B`.
pub fn script(history: &History, range: &str, direction: Direction) -> Result<Plan, TargetError> {
    let (from, to) = match (target::ends(range), direction) {
        (Some(ends), Direction::Up) => ends,
        (Some(_), Direction::Down) => range.split_once(':').expect("a range has a colon"),
        (None, Direction::Up) => ("base", range),
        (None, Direction::Down) => ("heads", range),
    };
    let from = if from.is_empty() { "heads" } else { from };
    let to = if to.is_empty() { "base" } else { to };
    let applied = with_requirements(history, &target::locate(history, None, from)?);
    match direction {
        Direction::Up => upgrade(history, &applied, to),
        Direction::Down => revert(history, &applied, to),
    }
}

/// These revisions and all that they require, as if a database had just them.
pub fn with_requirements(history: &History, nodes: &[Node]) -> Applied {
    let mut required = Applied::of(history, nodes.iter().copied());
    for node in (0..history.len()).rev() {
        if required.contains(node) {
            history.requirements(node).for_each(|before| required.insert(before));
        }
    }
    required
}

/// Pending revisions of a plan of which a descendant, or something that depends on them, is applied already:
/// each with the first such revision.
pub fn overtaken(history: &History, applied: &Applied, plan: &Plan) -> Vec<(Node, Node)> {
    let mut first_applied: Vec<Option<Node>> = vec![None; history.len()];
    for node in (0..history.len()).rev() {
        let own = |after: Node| if applied.contains(after) { Some(after) } else { first_applied[after] };
        first_applied[node] = history.consequences(node).filter_map(own).min();
    }
    plan.nodes.iter().filter_map(|&node| Some((node, first_applied[node]?))).collect()
}

/// `3` is `-3`, unless a revision is called so.
fn as_steps(history: &History, target: &str) -> Result<String, TargetError> {
    let is_number = !target.is_empty() && target.bytes().all(|byte| byte.is_ascii_digit());
    match history.node(target) {
        // Nobody means ten million steps, and ids of Diesel's are stamps of fourteen digits.
        Some(_) if target.len() >= 8 => Ok(target.to_owned()),
        Some(node) if is_number => {
            let scope = Scope { history, applied: None, target };
            let help = format!("`-{target}` is that many steps; the folder's name is the revision");
            Err(scope.ambiguous("is a number of steps and the id of a revision", &[node]).help(help))
        }
        None if is_number && target.len() < 8 => Ok(format!("-{target}")),
        Some(_) | None => Ok(target.to_owned()),
    }
}

/// What lies after a place, and is applied.
fn after(scope: &Scope<'_>, applied: &Applied, place: Place) -> Result<Vec<Node>, TargetError> {
    let history = scope.history;
    let (nodes, branch) = match place {
        Place::Base(None) => return Ok(applied.nodes().collect()),
        Place::Base(Some(branch)) => {
            return Ok(applied.nodes().filter(|&node| branch.contains(node)).collect());
        }
        Place::At { nodes, branch } => (nodes, branch),
    };
    if let [node] = nodes[..]
        && !applied.contains(node)
    {
        let help = "`cargo schema list` shows what is applied";
        return Err(scope.ambiguous("is not applied, so nothing can be reverted to it", &[node]).help(help));
    }
    let descendants = history.descendants(&nodes);
    let is_after = |node: &Node| descendants[*node] && !nodes.contains(node);
    let on_branch = |node: &Node| branch.as_ref().is_none_or(|branch| branch.contains(*node));
    Ok(applied.nodes().filter(is_after).filter(on_branch).collect())
}

/// One head after the other, as long as there is just one.
fn steps_back(
    scope: &Scope<'_>,
    applied: &Applied,
    steps: usize,
    branch: Option<&Branch>,
) -> Result<Vec<Node>, TargetError> {
    let history = scope.history;
    let on_branch = |node: &Node| branch.is_none_or(|branch| branch.contains(*node));
    let mut left = Applied::of(history, applied.nodes().filter(on_branch));
    let mut removed = Vec::new();
    let mut heads = left.heads(history);
    while removed.len() < steps {
        match heads[..] {
            [head] => {
                left.remove(head);
                removed.push(head);
                heads = next_heads(history, &left, head);
            }
            [] => return Err(too_far(scope, removed.len())),
            _ => return Err(scope.ambiguous("is ambiguous: the database is at several heads", &heads).help(
                "say on which branch: `LABEL@-1`, where any revision id serves as a label; or name the revision to go back to",
            )),
        }
    }
    Ok(removed)
}

/// The heads after the only head was removed. Looking at its parents is enough, unless there are gaps.
fn next_heads(history: &History, left: &Applied, removed: Node) -> Vec<Node> {
    let is_head = |node: &Node| {
        left.contains(*node) && !history.children(*node).iter().any(|&child| left.contains(child))
    };
    let next: Vec<Node> = history.parents(removed).iter().copied().filter(is_head).collect();
    if next.len() == 1 { next } else { left.heads(history) }
}

fn too_far(scope: &Scope<'_>, applied: usize) -> TargetError {
    let problem = match applied {
        0 => "goes back, but nothing is applied".to_owned(),
        _ => format!("goes further back than the {applied} applied revisions"),
    };
    scope.error(&problem).help("`base` reverts everything; `cargo schema list` shows what is applied")
}

/// Adds whatever descends from, or depends on, what is removed; last ones first.
fn reverting(history: &History, applied: &Applied, removed: Vec<Node>) -> Plan {
    let mut is_removed = vec![false; history.len()];
    removed.into_iter().for_each(|node| is_removed[node] = true);
    for node in 0..history.len() {
        is_removed[node] = is_removed[node] || history.requirements(node).any(|before| is_removed[before]);
    }
    let nodes = (0..history.len()).rev().filter(|&node| is_removed[node] && applied.contains(node)).collect();
    Plan { direction: Direction::Down, nodes }
}
