//! `cargo schema restore`: a copy becomes the database.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::running::WaitArgs;
use crate::context::Context;
use crate::database::connect::{self, Access, Database, Patience};
use crate::database::copies;
use crate::database::url::{self, DatabaseUrl, Location};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::human::count;

/// Replace the database with a copy
///
/// Asks first when the database holds tables. It stays as it is until the copy is complete.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema restore before.db
  cargo schema restore before.db --yes")]
pub(crate) struct Args {
    /// A file that `dump` or `--backup` wrote
    file: String,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Replaces it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let database = context.url(project)?;
    if let Location::Server(_) = database.place {
        return on_server(context, project, args, &database);
    }
    // A file, whatever its name looks like.
    let from = url::parse(&format!("./{}", args.file), "".as_ref());
    let from = if args.file.starts_with(['/', '.']) { url::parse(&args.file, "".as_ref()) } else { from }?;
    let tables = copies::inspect(&from, &context.shell)?;
    if copies::file(&from)? == copies::file(&database)? {
        return Err(Failure::usage(format!("`{}` is the database itself", args.file)));
    }
    ask(context, project, &database, args.yes)?;
    let size = copies::restore(&from, &database, args.wait.or_configured(&project.config))?;
    told(context, project, args, &database, (tables, size))
}

/// By the programs that come with the server.
fn on_server(context: &Context, project: &Project, args: &Args, database: &DatabaseUrl) -> Outcome {
    let file = Path::new(&args.file);
    if !file.is_file() {
        return Err(Failure::usage(format!("there is no file `{}`", args.file)));
    }
    let mut open = ask(context, project, database, args.yes)?;
    let wait = args.wait.or_configured(&project.config);
    let size = copies::restore_on_server(&mut open, file, wait)?;
    let tables = copies::tables(&mut open)?;
    told(context, project, args, database, (tables, size))
}

fn told(
    context: &Context,
    project: &Project,
    args: &Args,
    database: &DatabaseUrl,
    (tables, size): (i64, u64),
) -> Outcome {
    let tables = count(usize::try_from(tables).unwrap_or_default(), "table");
    context
        .shell
        .status("Restored", format_args!("{} from {} ({tables}, {size} bytes)", database.shown, args.file));
    if context.is_json() {
        context.document(
            "restore",
            project,
            json!({ "database": database.shown, "file": args.file, "bytes": size }),
        );
    }
    Ok(Exit::Done)
}

/// A database that holds tables is not replaced without a word.
fn ask(context: &Context, project: &Project, database: &DatabaseUrl, yes: bool) -> Result<Database, Failure> {
    let patience = Patience { limit: Duration::ZERO.into(), shell: &context.shell };
    let mut open = connect::open(database.clone(), Access::Read, &project.config, patience)?;
    match (copies::tables(&mut open)?, yes) {
        (0, _) | (_, true) => {}
        (tables, false) => {
            context.shell.confirm(&format!("replace `{}` and its {tables} tables?", database.shown))?;
        }
    }
    Ok(open)
}
