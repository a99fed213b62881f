//! What a run refuses before it changes anything, and how it says so. Pure: looks at a history, a state and a
//! plan. The first refusal wins; the order is from what concerns the database to what concerns one script.

use super::known::Known;
use super::{Error, Options, State, Transactions};
use crate::history::{History, Node};
use crate::plan::{self, Direction, Plan};
use crate::revision::{Mode, Revision, Script, StatementKind};

/// How many revisions a message names.
const NAMED: usize = 5;

const NEWER_LEDGER: &str = "the ledger was written by a newer version of this program";

/// What is about to run, and on what.
pub(super) struct Question<'q> {
    pub(super) history: &'q History,
    pub(super) known: &'q Known,
    pub(super) plan: &'q Plan,
    pub(super) options: &'q Options,
}

impl Question<'_> {
    /// Everything that can be refused without asking the database again.
    pub(super) fn refuse(&self) -> Result<(), Error> {
        self.edited()?;
        if self.plan.is_empty() {
            return Ok(());
        }
        newer_ledger(&self.known.state)?;
        self.unknown()?;
        self.overtaken()?;
        self.irreversible()?;
        self.empty_down()?;
        self.transaction_control()?;
        self.one_transaction()
    }

    /// Clauses for what is odd and stops nothing.
    pub(super) fn warnings(&self) -> Vec<String> {
        let state = &self.known.state;
        let newer = state.newer_ledger.then(|| NEWER_LEDGER.to_owned());
        let unknown = (!state.unknown.is_empty()).then(|| lacks(&state.unknown));
        newer.into_iter().chain(unknown).collect()
    }

    fn edited(&self) -> Result<(), Error> {
        let edited = &self.known.state.edited;
        let (it, they) = (self.ids(edited), counted(edited.len()));
        refused_if(
            !edited.is_empty(),
            "edited",
            &format!("{they} changed after being applied: {}", listed(&it)),
            &it,
            "restore the file and make the change in a new revision, or accept the new text with `cargo schema stamp current --verify`",
        )
    }

    fn unknown(&self) -> Result<(), Error> {
        let unknown = &self.known.state.unknown;
        let names: Vec<String> =
            unknown.iter().map(|(version, id)| id.as_ref().unwrap_or(version).clone()).collect();
        refused_if(
            !unknown.is_empty() && !self.options.allow_newer,
            "unknown",
            &lacks(unknown),
            &names,
            "run the version of the program that has them, or pass `--allow-newer`",
        )
    }

    fn overtaken(&self) -> Result<(), Error> {
        if self.plan.direction == Direction::Down || self.options.out_of_order {
            return Ok(());
        }
        let overtaken = plan::overtaken(self.history, &self.known.state.applied, self.plan);
        let Some(&(first, after)) = overtaken.first() else { return Ok(()) };
        let pending = self.ids(&overtaken.iter().map(|(pending, _)| *pending).collect::<Vec<_>>());
        let (first, after) = (&self.history.revision(first).id, &self.history.revision(after).id);
        refused_if(
            true,
            "overtaken",
            &format!("revision `{first}` is not applied, but `{after}`, which comes after it, is"),
            &pending,
            "run it late with `--out-of-order`, or, if the database has its changes already, mark it as applied with `cargo schema stamp current --verify`",
        )
    }

    fn irreversible(&self) -> Result<(), Error> {
        let irreversible = self.reverted(|revision| revision.irreversible.is_some());
        let Some(first) = irreversible.first().and_then(|id| self.history.node(id)) else { return Ok(()) };
        let why = self.history.revision(first).irreversible.as_deref().unwrap_or_default();
        refused_if(
            true,
            "irreversible",
            &format!("revision `{}` cannot be reverted: {why}", irreversible[0]),
            &irreversible,
            "restore a backup, or pass `--allow-empty-down` to change the ledger alone",
        )
    }

    fn empty_down(&self) -> Result<(), Error> {
        let empty = self.reverted(|revision| !revision.is_revertible());
        refused_if(
            !empty.is_empty(),
            "empty-down",
            &format!("{} no way down: {}", have(empty.len()), listed(&empty)),
            &empty,
            "write its down.sql, or pass `--allow-empty-down` to change the ledger alone",
        )
    }

    /// The revisions of a revert that cannot be reverted for this reason.
    fn reverted(&self, is_bad: impl Fn(&Revision) -> bool) -> Vec<String> {
        if self.plan.direction == Direction::Up || self.options.allow_empty_down {
            return Vec::new();
        }
        let nodes = self.plan.nodes.iter().map(|&node| self.history.revision(node));
        nodes.filter(|revision| is_bad(revision)).map(|revision| revision.id.to_string()).collect()
    }

    fn transaction_control(&self) -> Result<(), Error> {
        for &node in &self.plan.nodes {
            let revision = self.history.revision(node);
            let Some(script) = script(revision, self.plan.direction) else { continue };
            let statement = script.statements.iter().find(|each| each.kind == StatementKind::Transaction);
            let (Some(statement), true) = (statement, script.mode != Mode::Outside) else { continue };
            let (line, _) = script.position(statement.start as usize);
            return Err(Error::Refused {
                rule: "transaction-control",
                message: format!(
                    "revision `{}` begins or ends a transaction of its own, inside the one that it runs in: {}:{line}",
                    revision.id,
                    file(self.plan.direction)
                ),
                revisions: vec![revision.id.to_string()],
                help: "remove the statement, or say `run_in_transaction = false` in its metadata.toml"
                    .to_owned(),
            });
        }
        Ok(())
    }

    /// What is asked to be all or nothing must be able to be.
    fn one_transaction(&self) -> Result<(), Error> {
        let asked = match (self.options.dry_run, self.options.transactions) {
            (true, _) => "a dry run",
            (false, Transactions::All) => "`--transaction all`",
            (false, Transactions::Engine | Transactions::Revision) => return Ok(()),
        };
        let outside: Vec<Node> = self.nodes_in(Mode::Outside);
        refused_if(
            !outside.is_empty(),
            "outside-transaction",
            &format!(
                "{asked} needs one transaction, and a script runs outside: {}",
                listed(&self.ids(&outside))
            ),
            &self.ids(&outside),
            "run up to the revision before it, then without that option",
        )?;
        let rebuilds = self.nodes_in(Mode::ForeignKeysOff);
        refused_if(
            !self.options.dry_run && !rebuilds.is_empty() && rebuilds.len() < self.plan.nodes.len(),
            "outside-transaction",
            &format!(
                "{asked} needs one transaction, and some of the scripts need foreign keys off, the others not: {}",
                listed(&self.ids(&rebuilds))
            ),
            &self.ids(&rebuilds),
            "run without that option: each revision is all or nothing still",
        )
    }

    fn nodes_in(&self, mode: Mode) -> Vec<Node> {
        let is_in = |node: &Node| {
            script(self.history.revision(*node), self.plan.direction)
                .is_some_and(|script| script.mode == mode)
        };
        self.plan.nodes.iter().copied().filter(is_in).collect()
    }

    fn ids(&self, nodes: &[Node]) -> Vec<String> {
        nodes.iter().map(|&node| self.history.revision(node).id.to_string()).collect()
    }
}

/// What commits by itself cannot be rolled back afterwards.
pub(super) fn cannot_undo(is_reason: bool, options: &Options) -> Result<(), Error> {
    let asked = if options.dry_run { "a dry run" } else { "`--transaction all`" };
    refused_if(
        is_reason,
        "outside-transaction",
        &format!(
            "{asked} needs one transaction, and this engine commits each change of the schema by itself"
        ),
        &[],
        "look at `cargo schema sql`, or run it on a copy of the database",
    )
}

/// A lease on a file would hold no better than the file's own lock.
pub(super) fn no_lease(is_reason: bool) -> Result<(), Error> {
    refused_if(
        is_reason,
        "lock",
        "SQLite has no lock in a table: its run lock is that of the file",
        &[],
        "leave the lock to the engine here",
    )
}

/// What a newer program wrote must not be added to by this one.
pub(super) fn newer_ledger(state: &State) -> Result<(), Error> {
    refused_if(state.newer_ledger, "newer-ledger", NEWER_LEDGER, &[], "upgrade this program")
}

/// The script that goes this way, if there is one.
pub(super) fn script(revision: &Revision, direction: Direction) -> Option<&Script> {
    match direction {
        Direction::Up => Some(&revision.up),
        Direction::Down => revision.down.as_ref(),
    }
}

/// The file that it is in.
pub(super) fn file(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up.sql",
        Direction::Down => "down.sql",
    }
}

/// A refusal, when there is a reason.
pub(super) fn refused_if(
    is_reason: bool,
    rule: &'static str,
    message: &str,
    revisions: &[String],
    help: &str,
) -> Result<(), Error> {
    if !is_reason {
        return Ok(());
    }
    let (message, help) = (message.to_owned(), help.to_owned());
    Err(Error::Refused { rule, message, revisions: revisions.to_vec(), help })
}

fn lacks(unknown: &[(String, Option<String>)]) -> String {
    let names: Vec<String> =
        unknown.iter().map(|(version, id)| id.as_ref().unwrap_or(version).clone()).collect();
    let what = if names.len() == 1 { "a revision" } else { &format!("{} revisions", names.len()) };
    format!("the database has {what} that this history lacks: {}", listed(&names))
}

fn counted(count: usize) -> String {
    if count == 1 { "1 revision was".to_owned() } else { format!("{count} revisions were") }
}

fn have(count: usize) -> String {
    if count == 1 { "1 revision has".to_owned() } else { format!("{count} revisions have") }
}

fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if names.len() > NAMED {
        list.push(format!("and {} more", names.len() - NAMED));
    }
    list.join(", ")
}
