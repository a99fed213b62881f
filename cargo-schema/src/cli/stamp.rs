//! `cargo schema stamp`: marks revisions as applied without running them.

use schema_build::rule::Purpose;
use schema_runtime::history::{History, Node};
use schema_runtime::target::{self, Applied};

use super::running::{self, WaitArgs};
use crate::comparison::{self, Wishes, side};
use crate::context::Context;
use crate::database::connection::Work;
use crate::database::replay::replay;
use crate::database::scratch::{Site, unusable};
use crate::desk::{Desk, ids};
use crate::dialect::{Dialect, on_dialect};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::difference::lines;

/// Mark revisions as applied without running them
///
/// Afterwards these revisions and all that they need count as applied, and no others.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema stamp heads          the database was made by other means and is up to date
  cargo schema stamp 4f1c           it is at that revision
  cargo schema stamp base           nothing counts as applied
  cargo schema stamp heads --purge  forget revisions that the files do not have
  cargo schema stamp 4f1c --verify  only if the database has the schema of that revision")]
pub(crate) struct Args {
    /// Revisions, `head`, `heads` or `base`
    #[arg(value_name = "REV", required = true, allow_negative_numbers = true)]
    revisions: Vec<String>,
    /// Also forget revisions that the history does not have
    #[arg(long)]
    purge: bool,
    /// First compare the database with the schema that these revisions lead to, and change nothing if it differs
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Marks them.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let wait = args.wait.opening(&project.config);
    let nameable = |history: &History| named(history, &Applied::none(history), &args.revisions).map(drop);
    let mut desk = Desk::to_write(context, project, Purpose::Run, wait, nameable)?;
    let state = desk.state()?;
    let nodes = named(&desk.history, &state.applied, &args.revisions)?;
    if args.verify {
        let site = Site { context, project };
        on_dialect!(context.dialect(project)?, dialect => verify(dialect, site, &mut desk, &nodes))?;
    }
    let options = args.wait.options(&project.config);
    running::run(context, &mut desk, options, "stamp", Work::Stamp { nodes: &nodes, purge: args.purge })
}

/// Refuses to mark a database that has another schema.
fn verify<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    desk: &mut Desk<'_>,
    nodes: &[Node],
) -> Result<(), Failure> {
    let mut scratch = replay(dialect, site, &desk.history, nodes)?;
    let wanted = dialect.introspect(&mut scratch).map_err(unusable)?;
    let there = side::live(dialect, &mut desk.database)?;
    let between = comparison::catalogues(dialect, &wanted, &there, &Wishes::configured(site.project))?;
    if between.is_equal() {
        site.context.shell.status("Verified", format_args!("{} has that schema", desk.database.url.shown));
        return Ok(());
    }
    let ids = ids(&desk.history, nodes).join(", ");
    let place = if ids.is_empty() { "base".to_owned() } else { ids };
    let message = format!("`{}` does not have the schema of {place}", desk.database.url.shown);
    let failure = Failure::new(Exit::No, "other-schema", message);
    let lines = lines(&between).map(|(change, what)| format!("{change} {what}"));
    let failure = lines.fold(failure, Failure::note);
    Err(failure.note("nothing was changed").help("`cargo schema diff` compares it with any revision"))
}

fn named(history: &History, applied: &Applied, revisions: &[String]) -> Result<Vec<Node>, Failure> {
    let mut nodes = Vec::new();
    for revision in revisions {
        nodes.extend(target::locate(history, Some(applied), revision)?);
    }
    nodes.sort_unstable();
    nodes.dedup();
    Ok(nodes)
}
