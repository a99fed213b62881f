//! `cargo schema dump`: a copy of the database in a file.

use std::path::PathBuf;

use serde_json::json;

use super::running::WaitArgs;
use crate::context::Context;
use crate::database::copies;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::project::Project;

/// Write a copy of the database
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema dump                 beside the database, under a name that is not taken
  cargo schema dump before.db")]
pub(crate) struct Args {
    /// Where to; never overwritten
    file: Option<PathBuf>,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Writes it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let url = context.url(project)?;
    let file = match &args.file {
        Some(file) => file.clone(),
        None => copies::free_name(&url, "dump")?,
    };
    let size = copies::dump(&url, &file, args.wait.or_configured(&project.config))?;
    let shown = project.shown(&file);
    context.shell.status("Saved", format_args!("{} to {} ({size} bytes)", url.shown, shown.display()));
    if context.is_json() {
        let body = json!({ "database": url.shown, "file": file.to_string_lossy(), "bytes": size });
        context.document("dump", project, body);
    }
    Ok(Exit::Done)
}
