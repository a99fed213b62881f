//! `cargo schema graph`: the history, or the tables and their keys, as a diagram.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::running::parse_target;
use crate::changes;
use crate::comparison::side::Reader;
use crate::context::Context;
use crate::database::scratch::Site;
use crate::dialect::{Dialect, on_dialect};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::diagram::{Diagram, Language, page};
use crate::render::human::count;

/// Draw the history, or the tables and their keys
///
/// The tables are those that the history leads to, on a scratch database.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema graph                            the history, on the terminal
  cargo schema graph entities --as mermaid      the tables, for a README
  cargo schema graph entities --of database     the tables of the database
  cargo schema graph --as html -o schema.html   both, on one page")]
pub(crate) struct Args {
    /// What to draw; default: the history, and on a page both
    what: Option<What>,
    /// In which language
    #[arg(long = "as", value_name = "LANGUAGE", default_value = "text")]
    language: Language,
    /// Whose tables: `history`, `models`, `database` or a revision
    #[arg(long, value_name = "SIDE", default_value = "history", allow_hyphen_values = true, value_parser = parse_target)]
    of: String,
    /// Into a file, instead of to the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Revisions
    History,
    /// Tables and their keys
    Entities,
}

/// Draws it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    if args.language == Language::Html && args.what.is_none() && !context.is_json() {
        let (history, entities) = (history(context, project)?, entities(context, project, &args.of)?);
        let text = page(&project.name(), &[("History", &history), ("Tables", &entities)]);
        return written(context, project, args, &text);
    }
    let diagram = match args.what {
        None | Some(What::History) => history(context, project)?,
        Some(What::Entities) => entities(context, project, &args.of)?,
    };
    if context.is_json() {
        context.document("graph", project, document(&diagram));
        return Ok(Exit::Done);
    }
    written(context, project, args, &diagram.draw(args.language))
}

fn history(context: &Context, project: &Project) -> Result<Diagram, Failure> {
    Ok(Diagram::of_history(&context.history(project)?))
}

fn entities(context: &Context, project: &Project, of: &str) -> Result<Diagram, Failure> {
    let site = Site { context, project };
    on_dialect!(context.dialect(project)?, dialect => tables(dialect, site, of))
}

fn tables<D: Dialect>(dialect: &D, site: Site<'_>, of: &str) -> Result<Diagram, Failure> {
    let side = Reader::new(dialect, site).read(of)?;
    Ok(Diagram::of_schema(&side.seen.schema(dialect), |left, right| dialect.is_same(left, right)))
}

fn written(context: &Context, project: &Project, args: &Args, text: &str) -> Outcome {
    match &args.output {
        Some(path) => {
            changes::all_or_nothing(|changes| changes.write(path, text))?;
            let size = count(text.len(), "byte");
            context.shell.status("Drew", format_args!("{} ({size})", project.shown(path).display()));
        }
        None => context.shell.raw(text),
    }
    Ok(Exit::Done)
}

fn document(diagram: &Diagram) -> Value {
    let title = |place: usize| &diagram.boxes[place].title;
    let boxes = diagram.boxes.iter().map(|entry| {
        let lines: Vec<&[String; 3]> = entry.lines.iter().map(|line| &line.0).collect();
        json!({ "name": entry.title, "lines": lines })
    });
    let arrows = diagram.arrows.iter().map(|arrow| {
        json!({ "from": title(arrow.from), "to": title(arrow.to), "label": arrow.label, "is_dependency": arrow.is_dashed })
    });
    json!({ "boxes": boxes.collect::<Vec<_>>(), "arrows": arrows.collect::<Vec<_>>() })
}
