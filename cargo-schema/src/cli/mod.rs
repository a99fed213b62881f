//! The command line: global flags, the verbs, and how a run begins and ends. Every verb has a file of its own
//! with its arguments and a `run`: gather, refuse, act, report.

mod branches;
mod check;
mod completions;
mod current;
mod diff;
mod dump;
mod edit;
mod explain;
mod from_database;
mod generate;
mod graph;
mod heads;
mod history;
mod init;
mod interrupted;
mod list;
mod lock;
mod man;
mod many;
mod merge;
mod rebase;
mod report;
mod reset;
mod resolve;
mod restore;
mod revert;
mod running;
mod show;
mod sql;
mod squash;
mod stamp;
mod status;
mod unlock;
mod upgrade;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{
    ArgAction, ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::{self, Project};
use crate::render::json;
use crate::shell::{Color, Shell, Verbosity};
use crate::signal;

/// Migrations for Diesel: a history that compiles, or does not
///
/// Without a verb: one screen that says where the database is and what is pending.
#[derive(Debug, Parser)]
#[command(name = "cargo-schema", bin_name = "cargo schema", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// What every verb understands.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The Cargo.toml of the package
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) manifest_path: Option<PathBuf>,
    /// The package of the workspace
    #[arg(short, long, value_name = "NAME", global = true)]
    pub(crate) package: Option<String>,
    /// Every package of the workspace that has migrations
    #[arg(long, global = true, conflicts_with = "package")]
    pub(crate) workspace: bool,
    /// The package's second database of that name, from [package.metadata.schema.target.NAME]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) target: Option<String>,
    /// The database; default: the configuration, then DATABASE_URL, also from `.env`. Relative paths start
    /// from the current folder
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) database_url: Option<String>,
    /// The migrations folder; with `--database-url` no Cargo.toml is needed
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) migrations: Option<PathBuf>,
    /// For people or for machines
    #[arg(long, value_name = "FORMAT", global = true, default_value = "human")]
    pub(crate) format: Format,
    /// Say more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Say nothing but errors and data
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    color: Color,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// Annotations of a GitHub workflow (`check` alone).
    Github,
    /// SARIF (`check` alone).
    Sarif,
    /// JUnit's XML (`check` alone).
    Junit,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Args),
    Generate(generate::Args),
    List(list::Args),
    Upgrade(upgrade::Args),
    #[command(visible_alias = "downgrade")]
    Revert(revert::Args),
    Current(current::Args),
    Heads(heads::Args),
    Branches(branches::Args),
    Show(show::Args),
    History(history::Args),
    Stamp(stamp::Args),
    Merge(merge::Args),
    Rebase(rebase::Args),
    Squash(squash::Args),
    Sql(sql::Args),
    Diff(diff::Args),
    Graph(graph::Args),
    Check(check::Args),
    Lock(lock::Args),
    Resolve(resolve::Args),
    Unlock(unlock::Args),
    Reset(reset::Args),
    Dump(dump::Args),
    Restore(restore::Args),
    Edit(edit::Args),
    Explain(explain::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The whole command line as clap knows it, for `completions` and `man`.
pub(crate) fn command() -> clap::Command {
    Cli::command().after_help(format!("Exit codes:\n{}", Exit::table()))
}

/// Runs the command line and says how it ended.
pub(crate) fn run(mut arguments: Vec<OsString>) -> Exit {
    // Cargo passes the name of the subcommand on.
    if arguments.get(1).is_some_and(|first| first == "schema") {
        arguments.remove(1);
    }
    let is_json = asks_for_json(&arguments);
    match command().try_get_matches_from(arguments).and_then(named) {
        Ok((cli, verb)) => {
            let context = Context::new(cli.global);
            if let Some(exit) = signal::interrupted() {
                return interrupted::run(&context, exit);
            }
            let outcome = dispatch(&context, cli.verb);
            finish(&context.shell, context.is_json(), Some(&verb), outcome)
        }
        Err(error) => misunderstood(&error, is_json),
    }
}

/// The command line, and what its verb is called in documents.
fn named(found: ArgMatches) -> Result<(Cli, String), clap::Error> {
    let verb = found.subcommand_name().unwrap_or("status").to_owned();
    Ok((Cli::from_arg_matches(&found)?, verb))
}

impl Global {
    /// The shell that these flags ask for.
    pub(crate) fn shell(&self) -> Shell {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        };
        Shell::new(verbosity, self.color)
    }
}

fn dispatch(context: &Context, verb: Option<Verb>) -> Outcome {
    if let Some(Verb::Check(args)) = &verb {
        return check::run(context, args);
    }
    context.refuse_formats_of_check()?;
    match verb {
        None => each_in_turn(context, |project| status::run(context, project)),
        Some(Verb::Init(args)) => init::run(context, &args),
        Some(Verb::Completions(args)) => completions::run(context, &args),
        Some(Verb::Man(args)) => man::run(context, &args),
        Some(Verb::Explain(args)) => explain::run(context, &args),
        Some(verb) => dispatch_to_projects(context, &verb),
    }
}

fn dispatch_to_projects(context: &Context, verb: &Verb) -> Outcome {
    match verb {
        Verb::Generate(args) => one(context, |project| generate::run(context, project, args)),
        Verb::Merge(args) => one(context, |project| merge::run(context, project, args)),
        Verb::Rebase(args) => one(context, |project| rebase::run(context, project, args)),
        Verb::Squash(args) => one(context, |project| squash::run(context, project, args)),
        Verb::Graph(args) => one(context, |project| graph::run(context, project, args)),
        Verb::Edit(args) => one(context, |project| edit::run(context, project, args)),
        Verb::Show(args) => one(context, |project| show::run(context, project, args)),
        Verb::Stamp(args) => one(context, |project| stamp::run(context, project, args)),
        Verb::Resolve(args) => one(context, |project| resolve::run(context, project, args)),
        Verb::Dump(args) => one(context, |project| dump::run(context, project, args)),
        Verb::Restore(args) => one(context, |project| restore::run(context, project, args)),
        Verb::Lock(args) => each(context, |project| lock::run(context, project, args)),
        Verb::List(args) => each(context, |project| list::run(context, project, args)),
        Verb::Upgrade(args) => each(context, |project| upgrade::run(context, project, args)),
        Verb::Revert(args) => each(context, |project| revert::run(context, project, args)),
        Verb::Reset(args) => each(context, |project| reset::run(context, project, args)),
        Verb::Current(args) => each(context, |project| current::run(context, project, args)),
        Verb::Heads(args) => each(context, |project| heads::run(context, project, args)),
        Verb::Branches(args) => each(context, |project| branches::run(context, project, args)),
        Verb::History(args) => each(context, |project| history::run(context, project, args)),
        Verb::Diff(args) => each(context, |project| diff::run(context, project, args)),
        Verb::Sql(args) => each(context, |project| sql::run(context, project, args)),
        Verb::Unlock(args) => each(context, |project| unlock::run(context, project, args)),
        Verb::Init(_) | Verb::Check(_) | Verb::Completions(_) | Verb::Man(_) | Verb::Explain(_) => {
            unreachable!("these verbs are dispatched before a package is looked for")
        }
    }
}

/// A verb that names revisions has one history to name them in.
fn one(context: &Context, verb: impl Fn(&Project) -> Outcome) -> Outcome {
    let project = project::find_one(&context.global)?;
    context.shell.findings(&project.warnings);
    verb(&project)
}

/// Each package that is meant, under its name where there may be several.
fn each(context: &Context, verb: impl Fn(&Project) -> Outcome) -> Outcome {
    each_in_turn(context, |project| {
        if context.global.workspace {
            context.shell.status("Package", project.name());
        }
        verb(project)
    })
}

/// With `--workspace`, one package after the other; what cannot go on stops all, and "no" from one is "no".
fn each_in_turn(context: &Context, verb: impl Fn(&Project) -> Outcome) -> Outcome {
    let projects = project::find(&context.global)?;
    let mut worst = Exit::Done;
    for project in &projects {
        context.shell.findings(&project.warnings);
        worst = worst.max(verb(project)?);
        // What belongs to a package stands below its name.
        flushed(&context.shell)?;
    }
    Ok(worst)
}

/// Says what went wrong, to machines in a document of the verb's name.
fn finish(shell: &Shell, is_json: bool, verb: Option<&str>, outcome: Outcome) -> Exit {
    let exit = outcome.unwrap_or_else(|failure| {
        if is_json {
            shell.data(json::failed(verb, &failure));
        } else {
            shell.findings(&failure.findings);
        }
        failure.exit
    });
    match flushed(shell) {
        Ok(()) => exit,
        Err(failure) => {
            shell.findings(&failure.findings);
            failure.exit
        }
    }
}

pub(crate) fn flushed(shell: &Shell) -> Result<(), Failure> {
    shell.flush().map_err(|error| Failure::file("could not write to", "standard output".as_ref(), &error))
}

/// What clap has to say: help, the version, or that it did not understand.
fn misunderstood(error: &clap::Error, is_json: bool) -> Exit {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
    if is_json && exit == Exit::Usage {
        let shell = Shell::new(Verbosity::Quiet, Color::Never);
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return finish(&shell, true, None, Err(Failure::usage(message)));
    }
    // A closed pipe is all that can happen here.
    let _ = error.print();
    exit
}

/// Whether JSON was asked for, in arguments that clap could not make sense of.
fn asks_for_json(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| argument == "--format=json")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::command().debug_assert();
    }
}
