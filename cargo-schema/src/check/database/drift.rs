//! What databases hold, beside what the revisions that they ran lead to. Each set of revisions is replayed once, and
//! each kind of difference is written as SQL once, however many databases have it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use schema_build::finding::Finding;
use schema_runtime::engine::State;
use schema_runtime::history::Node;

use super::ledger::incomparable;
use crate::comparison::side::{Seen, Side};
use crate::comparison::{self, Between, Wishes};
use crate::database::replay::replay;
use crate::database::scratch::{Site, unusable};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{self, Fleet};
use crate::render::difference::{lines, script};
use crate::render::human::count;

/// Lines of a difference that are shown.
const SHOWN: usize = 20;

/// Compares those whose state is known and explains what they hold; in their order.
pub(super) fn look<D>(
    dialect: &D,
    site: Site<'_>,
    fleet: &Fleet<'_>,
    states: &[Option<&Arc<State>>],
) -> Vec<Result<Option<Finding>, Failure>>
where
    D: Dialect + Sync,
    D::Catalogue: Clone + Send + Sync,
{
    let replayed = Replayed::of(dialect, site, fleet, states);
    let drifts: Mutex<BTreeMap<Kind, D::Catalogue>> = Mutex::default();
    let wishes = Wishes::configured(site.project);
    let visited = fleet::visit(fleet, "Comparing", |index, desk| {
        let Some((heads, expected)) = replayed.expected(fleet, states[index])? else { return Ok(None) };
        let live = live(dialect, fleet, index, desk)?;
        let between = comparison::catalogues(dialect, expected, &live, &wishes)?;
        if between.is_equal() {
            return Ok(None);
        }
        unmoved(desk, states[index])?;
        let kind = (heads, said(&between));
        drifts.lock().unwrap_or_else(PoisonError::into_inner).entry(kind.clone()).or_insert(live);
        Ok(Some(kind))
    });
    let drifts = drifts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let drawn: BTreeMap<&Kind, Finding> = drifts
        .iter()
        .filter_map(|(kind, live)| {
            let expected = replayed.0.get(&kind.0)?.as_ref().ok()?;
            Some((kind, drawn(&kind.1, mended(dialect, site, live, expected, &wishes))))
        })
        .collect();
    visited.into_iter().map(|kind| Ok(kind?.and_then(|kind| drawn.get(&kind).cloned()))).collect()
}

/// What was run, and every line of how what is there differs from it.
type Kind = (Vec<Node>, Vec<String>);

/// What sets of revisions lead to, by their heads.
struct Replayed<C>(BTreeMap<Vec<Node>, Result<C, Failure>>);

impl<C> Replayed<C> {
    fn of<D: Dialect<Catalogue = C>>(
        dialect: &D,
        site: Site<'_>,
        fleet: &Fleet<'_>,
        states: &[Option<&Arc<State>>],
    ) -> Self {
        let mut replayed = BTreeMap::new();
        let comparable = states.iter().flatten().filter(|state| !incomparable(&fleet.history, state));
        for state in comparable {
            let heads = state.applied.heads(&fleet.history);
            replayed.entry(heads).or_insert_with_key(|heads| {
                let mut database = replay(dialect, site, &fleet.history, heads)?;
                let is_schema = fleet.shares_database();
                let catalogue = match is_schema {
                    true => dialect.introspect_here(&mut database),
                    false => dialect.introspect(&mut database),
                };
                catalogue.map_err(unusable)
            });
        }
        Self(replayed)
    }

    /// What a database should hold; `None` where that is not known.
    fn expected(
        &self,
        fleet: &Fleet<'_>,
        state: Option<&Arc<State>>,
    ) -> Result<Option<(Vec<Node>, &C)>, Failure> {
        let Some(state) = state.filter(|state| !incomparable(&fleet.history, state)) else {
            return Ok(None);
        };
        let heads = state.applied.heads(&fleet.history);
        match self.0.get(&heads) {
            Some(Ok(catalogue)) => Ok(Some((heads, catalogue))),
            Some(Err(failure)) => Err(not_replayed(failure)),
            None => Ok(None),
        }
    }
}

fn not_replayed(failure: &Failure) -> Failure {
    let mut findings = failure.findings.clone();
    if let Some(first) = findings.first_mut() {
        let what =
            "the schema of the database was not compared: what it ran does not run on a scratch database";
        *first = first.clone().note(what);
    }
    Failure::of(failure.exit, findings)
}

fn live<D: Dialect>(
    dialect: &D,
    fleet: &Fleet<'_>,
    index: usize,
    desk: &mut Desk<'_>,
) -> Result<D::Catalogue, Failure> {
    match fleet.tenants[index].schema {
        Some(_) => dialect.look_here(&mut desk.database.connection).map_err(unusable),
        None => comparison::side::live(dialect, &mut desk.database),
    }
}

/// A run that went on meanwhile makes any difference.
fn unmoved(desk: &mut Desk<'_>, before: Option<&Arc<State>>) -> Result<(), Failure> {
    let now = desk.state()?;
    match before.is_some_and(|before| before.applied == now.applied && before.interrupted == now.interrupted)
    {
        true => Ok(()),
        false => Err(Failure::new(
            Exit::Failed,
            "database",
            "the database was changed by another run while it was looked at",
        )
        .help("check it again when that run is done")),
    }
}

fn said(between: &Between) -> Vec<String> {
    lines(between).map(|(change, what)| format!("{change} {what}")).collect()
}

/// The SQL that gives back what the history leads to.
fn mended<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    live: &D::Catalogue,
    expected: &D::Catalogue,
    wishes: &Wishes,
) -> Result<String, Failure>
where
    D::Catalogue: Clone,
{
    let between = comparison::catalogues(dialect, live, expected, wishes)?;
    let side = |catalogue: &D::Catalogue| Side {
        name: String::new(),
        seen: Seen::Catalogue(catalogue.clone()),
        database: None,
        is_replayed: false,
    };
    let sql = comparison::script(dialect, site, &mut side(live), &mut side(expected), &between)?;
    Ok(script(&sql, &between))
}

fn drawn(lines: &[String], sql: Result<String, Failure>) -> Finding {
    let number = count(lines.len(), "difference");
    let message = format!("the schema of the database is not what its revisions lead to: {number}");
    let finding = lines.iter().take(SHOWN).fold(Finding::error("schema-drift", message), Finding::note);
    let rest = lines.len().saturating_sub(SHOWN);
    let finding = if rest > 0 { finding.note(format!("and {rest} more")) } else { finding };
    let finding =
        finding.help("to keep it, write a revision that does the same, and `cargo schema stamp` it there");
    match sql {
        Ok(sql) => finding
            .help(format!("to take it back, run this after you have read what it drops{}", indented(&sql))),
        Err(failure) => failure
            .findings
            .iter()
            .fold(finding, |finding, why| finding.note(format!("no SQL takes it back: {}", why.message))),
    }
}

fn indented(sql: &str) -> String {
    sql.lines().map(|line| format!("\n    {line}").trim_end_matches(' ').to_owned()).collect()
}
