//! The database family: live databases beside the history. `ledger` words what they remember of it, `drift` compares
//! what they hold with a replay of what they ran. Nothing is changed in them.

mod drift;
mod ledger;

use std::sync::Arc;

use schema_build::finding::Finding;
use schema_build::rule::{self, Purpose};
use schema_runtime::engine::State;

use crate::database::scratch::Site;
use crate::dialect::on_dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{self, Fleet, Seen, gathered};

/// What became of the look at one database.
pub(crate) struct Looked {
    /// Where it is, or why nobody knows.
    pub(crate) state: Seen,
    /// What is wrong with it, with the levels of the configuration.
    pub(crate) findings: Vec<Finding>,
    /// What the look ended with, where it did not come to its end.
    pub(crate) exit: Exit,
}

/// Looks at all of them; in their order.
pub(crate) fn check(site: Site<'_>, fleet: &Fleet<'_>) -> Vec<Looked> {
    let seen = fleet::survey(fleet);
    let states: Vec<Option<&Arc<State>>> = seen.iter().map(|seen| seen.as_ref().ok()).collect();
    let engine = fleet.tenants.first().map_or(schema_runtime::dialect::Dialect::Sqlite, |it| it.url.dialect);
    let drifts = on_dialect!(engine, dialect => drift::look(dialect, site, fleet, &states));
    seen.into_iter().zip(drifts).map(|(seen, drift)| looked(site, fleet, seen, drift)).collect()
}

fn looked(site: Site<'_>, fleet: &Fleet<'_>, state: Seen, drift: Result<Option<Finding>, Failure>) -> Looked {
    let mut exit = Exit::Done;
    let mut findings = Vec::new();
    let mut cannot = |failure: &Failure, findings: &mut Vec<Finding>| {
        exit = exit.max(failure.exit);
        findings.extend(failure.findings.clone());
    };
    match &state {
        Ok(state) => {
            findings = ledger::findings(&site.project.config, &fleet.history, state);
            match drift {
                Ok(drift) => findings.extend(drift),
                Err(failure) => cannot(&failure, &mut findings),
            }
        }
        Err(failure) => cannot(failure, &mut findings),
    }
    let findings = rule::judge(findings, &site.project.config.lints, Purpose::Check);
    Looked { state, findings, exit }
}

/// What was found in all of them, each once, with where.
pub(crate) fn together(fleet: &Fleet<'_>, looked: &[Looked]) -> Vec<Finding> {
    let of_one = |(tenant, looked): (&'_ fleet::Tenant, &'_ Looked)| -> Vec<(String, Finding)> {
        looked.findings.iter().map(|finding| (tenant.name.clone(), finding.clone())).collect()
    };
    let all: Vec<(String, Finding)> = fleet.tenants.iter().zip(looked).flat_map(of_one).collect();
    gathered(all.iter().map(|(name, finding)| (name.as_str(), finding)))
}
