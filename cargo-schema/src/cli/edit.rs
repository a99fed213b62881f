//! `cargo schema edit`: opens the SQL of a revision in the editor.

use std::path::Path;
use std::process::Command;

use schema_runtime::history::{History, Node};
use schema_runtime::target;

use super::running::parse_target;

use crate::context::Context;
use crate::desk::with_place;
use crate::exit::Exit;
use crate::failure::{self, Failure, Outcome};
use crate::project::Project;

/// Open a migration in the editor
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The revision: any target that names one, also `current`
    #[arg(value_name = "REV", allow_hyphen_values = true, value_parser = parse_target)]
    revision: String,
    /// Open `down.sql` instead of `up.sql`
    #[arg(long)]
    down: bool,
}

/// Opens the file and waits for the editor.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let history = context.history(project)?;
    let node = located(context, project, &history, &args.revision)?;
    let name = if args.down { "down.sql" } else { "up.sql" };
    open(&project.config.migrations.join(history.revision(node).folder.as_ref()).join(name))?;
    Ok(Exit::Done)
}

/// The database is asked only by targets that start where it is.
fn located(context: &Context, project: &Project, history: &History, target: &str) -> Result<Node, Failure> {
    target::locate_one(history, None, target).or_else(|_| {
        let (history, state) = with_place(context, project)?;
        Ok(target::locate_one(&history, state.as_ref().map(|state| &state.applied), target)?)
    })
}

/// Opens a file in `$VISUAL` or `$EDITOR`.
pub(crate) fn open(path: &Path) -> Result<(), Failure> {
    let editor = editor()?;
    let status = command(&editor).arg(path).status().map_err(|error| {
        Failure::new(Exit::Failed, "editor", format!("could not run the editor `{editor}`"))
            .note(failure::reason(&error))
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, "editor", format!("the editor `{editor}` failed: {status}")))
}

/// The editor's variable holds a piece of shell, such as `code --wait`; Git reads it alike.
#[cfg(unix)]
fn command(editor: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{editor} \"$@\""), editor]);
    command
}

#[cfg(not(unix))]
fn command(editor: &str) -> Command {
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// The editor that is configured; refused before anything is written for it.
pub(crate) fn editor() -> Result<String, Failure> {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|editor| !editor.trim().is_empty())
        .ok_or_else(|| {
            Failure::usage("no editor is configured")
                .help("set `VISUAL` or `EDITOR`, for example `EDITOR=vim`")
        })
}
