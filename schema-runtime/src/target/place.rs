//! Puts a target together: finds the anchor within the branch, then walks the steps. Every way to be ambiguous
//! ends in an error that names the candidates.

use crate::history::{History, Node};

use super::grammar::{self, Anchor, Parts, Steps};
use super::{Applied, Branch, PREFIX_MINIMUM, TargetError, names};

/// What a target is resolved against.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) history: &'a History,
    pub(crate) applied: Option<&'a Applied>,
    /// As it was typed, for errors.
    pub(crate) target: &'a str,
}

/// A place in a history.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Before every revision, or before every revision of one branch.
    Base(Option<Branch>),
    /// At these revisions; within a branch, if one was named.
    At { nodes: Vec<Node>, branch: Option<Branch> },
}

/// Where a walk stands; `None` is before the first revision.
type Position = Option<Node>;

impl<'a> Scope<'a> {
    /// The place that a target names.
    pub(crate) fn place(&self, target: &str) -> Result<Place, TargetError> {
        let Parts { label, anchor, steps } =
            grammar::parse(target, |name| names::exact(self.history, name).is_some());
        let branch = label.map(|label| self.branch(label)).transpose()?;
        if steps == Steps::None {
            return self.anchored(anchor, branch);
        }
        let start = self.start(anchor, branch.as_ref())?;
        Ok(match self.walk(start, anchor, steps, branch.as_ref())? {
            Some(node) => Place::At { nodes: vec![node], branch },
            None => Place::Base(branch),
        })
    }

    /// Steps back from where the database is, if the target is nothing but that.
    pub(crate) fn steps_back(&self) -> Result<Option<(usize, Option<Branch>)>, TargetError> {
        match grammar::parse(self.target, |name| names::exact(self.history, name).is_some()) {
            Parts { label, anchor: Anchor::Here, steps: Steps::Down(steps) } => {
                Ok(Some((steps, label.map(|label| self.branch(label)).transpose()?)))
            }
            _ => Ok(None),
        }
    }

    /// Whether the target is bare steps up from where the database is.
    pub(crate) fn steps_up(&self) -> bool {
        let parts = grammar::parse(self.target, |name| names::exact(self.history, name).is_some());
        matches!(parts, Parts { anchor: Anchor::Here, steps: Steps::Up(_), .. })
    }

    fn anchored(&self, anchor: Anchor<'_>, branch: Option<Branch>) -> Result<Place, TargetError> {
        let nodes = match anchor {
            Anchor::Base => return Ok(Place::Base(branch)),
            Anchor::Head => match self.heads(branch.as_ref()).as_slice() {
                [] => return Ok(Place::Base(branch)),
                [head] => vec![*head],
                several => return Err(self.several_heads(several)),
            },
            Anchor::Heads => self.heads(branch.as_ref()),
            Anchor::Current | Anchor::Here => match self.current(branch.as_ref())? {
                heads if heads.is_empty() => return Ok(Place::Base(branch)),
                heads => heads,
            },
            Anchor::Name(name) => vec![self.named(name, branch.as_ref())?],
        };
        Ok(Place::At { nodes, branch })
    }

    fn start(&self, anchor: Anchor<'_>, branch: Option<&Branch>) -> Result<Position, TargetError> {
        let nodes = match anchor {
            Anchor::Base => return Ok(None),
            Anchor::Name(name) => return self.named(name, branch).map(Some),
            Anchor::Head | Anchor::Heads => self.heads(branch),
            Anchor::Here | Anchor::Current => self.current(branch)?,
        };
        match (nodes.as_slice(), anchor) {
            ([], _) => Ok(None),
            ([node], _) => Ok(Some(*node)),
            (several, Anchor::Head | Anchor::Heads) => Err(self.several_heads(several)),
            (several, _) => Err(self
                .ambiguous("is relative to where the database is, which is at several heads", several)
                .help(
                    "say on which branch: `LABEL@+1`, `LABEL@-1`, where any revision id serves as a label",
                )),
        }
    }

    fn walk(
        &self,
        start: Position,
        anchor: Anchor<'_>,
        steps: Steps,
        branch: Option<&Branch>,
    ) -> Result<Position, TargetError> {
        let (count, is_up) = match steps {
            Steps::None => (0, true),
            Steps::Up(count) => (count, true),
            Steps::Down(count) => (count, false),
        };
        let mut position = start;
        for walked in 0..count {
            let next =
                if is_up { self.above(position, anchor, branch) } else { self.below(position, branch) };
            position = match (next.as_slice(), position) {
                ([node], _) => Some(*node),
                ([], Some(_)) if !is_up => None,
                ([], _) => return Err(self.overshoot(walked)),
                (several, _) => return Err(self.fork(several)),
            };
        }
        Ok(position)
    }

    fn above(&self, position: Position, anchor: Anchor<'_>, branch: Option<&Branch>) -> Vec<Node> {
        let history = self.history;
        match (position, branch) {
            (Some(node), _) => {
                let on_branch = |child: &Node| branch.is_none_or(|branch| branch.is_lineage(*child));
                history.children(node).iter().copied().filter(on_branch).collect()
            }
            (None, Some(branch)) if anchor == Anchor::Base => {
                let is_first =
                    |node: &Node| !history.parents(*node).iter().any(|&parent| branch.contains(parent));
                (0..history.len()).filter(|&node| branch.contains(node)).filter(is_first).collect()
            }
            (None, Some(branch)) => {
                history.bases().into_iter().filter(|&node| branch.is_lineage(node)).collect()
            }
            (None, None) => history.bases(),
        }
    }

    fn below(&self, position: Position, branch: Option<&Branch>) -> Vec<Node> {
        let on_branch = |parent: &Node| branch.is_none_or(|branch| branch.is_lineage(*parent));
        let parents = position.map_or(&[][..], |node| self.history.parents(node));
        parents.iter().copied().filter(on_branch).collect()
    }

    fn heads(&self, branch: Option<&Branch>) -> Vec<Node> {
        self.history
            .heads()
            .into_iter()
            .filter(|&head| branch.is_none_or(|branch| branch.contains(head)))
            .collect()
    }

    /// Where the database is, within a branch or what leads to it.
    fn current(&self, branch: Option<&Branch>) -> Result<Vec<Node>, TargetError> {
        let Some(applied) = self.applied else {
            let help = "give a database, or name a revision";
            return Err(self.error("is relative to a database, and none was looked at").help(help));
        };
        let Some(branch) = branch else { return Ok(applied.heads(self.history)) };
        let within = applied.nodes().filter(|&node| branch.is_lineage(node));
        Ok(Applied::of(self.history, within).heads(self.history))
    }

    fn named(&self, name: &str, branch: Option<&Branch>) -> Result<Node, TargetError> {
        match names::matching(self.history, name).as_slice() {
            [node] if branch.is_some_and(|branch| !branch.is_lineage(*node)) => Err(self
                .ambiguous("is not on that branch", &[*node])
                .help("leave the label out, or name another revision")),
            [node] => Ok(*node),
            [] => Err(self.unknown(name)),
            several => Err(self
                .ambiguous(&format!("is ambiguous: {} revisions are called so", several.len()), several)
                .help("give more of the id")),
        }
    }

    fn branch(&self, label: &str) -> Result<Branch, TargetError> {
        match names::matching(self.history, label).as_slice() {
            [node] => Ok(Branch::of(self.history, *node)),
            [] => Err(self.unknown(label)),
            several => Err(self
                .ambiguous("begins with an ambiguous branch", several)
                .help("give more of the label or id")),
        }
    }

    fn unknown(&self, name: &str) -> TargetError {
        let history = self.history;
        let names = history
            .revisions()
            .iter()
            .flat_map(|it| [&*it.id, &*it.message].into_iter().chain(it.labels.iter().map(|label| &**label)));
        let nearest =
            crate::nearest(name, names).and_then(|name| names::matching(history, name).first().copied());
        let few = history.revisions().iter().any(|it| it.id.starts_with(name)) && !name.is_empty();
        let help = match nearest {
            _ if few => format!("a prefix has {PREFIX_MINIMUM} characters or more"),
            Some(node) => format!("the nearest is `{}`", history.revision(node).title()),
            None => "`cargo schema history` shows all revisions".to_owned(),
        };
        self.error(if name.is_empty() { "lacks a name" } else { "names no revision" }).help(help)
    }

    fn several_heads(&self, heads: &[Node]) -> TargetError {
        self.ambiguous("is ambiguous: the history has several heads", heads)
            .help("name one, say `heads` for all of them, or join them with `cargo schema merge`")
    }

    fn fork(&self, candidates: &[Node]) -> TargetError {
        self.ambiguous("is ambiguous: the way forks", candidates)
            .help("say on which branch: `LABEL@..`, where any revision id serves as a label")
    }

    fn overshoot(&self, walked: usize) -> TargetError {
        self.error(&format!("goes further than the history, which ends after {walked} steps"))
            .help("`cargo schema history` shows all revisions")
    }

    /// An error about the target.
    pub(crate) fn error(&self, problem: &str) -> TargetError {
        TargetError {
            target: self.target.to_owned(),
            problem: problem.to_owned(),
            candidates: Vec::new(),
            help: None,
        }
    }

    /// An error about the target that names revisions.
    pub(crate) fn ambiguous(&self, problem: &str, candidates: &[Node]) -> TargetError {
        let titles = candidates.iter().map(|&node| self.history.revision(node).title()).collect();
        TargetError { candidates: titles, ..self.error(problem) }
    }
}
