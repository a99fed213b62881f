//! `cargo schema diff`: what one side has and the other has not.

use schema_build::finding::Finding;
use serde_json::{Value, json};

use super::generate::pair;
use super::running::parse_target;
use crate::comparison::side::{Reader, Seen, Side};
use crate::comparison::{self, Between, Wishes};
use crate::context::Context;
use crate::database::scratch::Site;
use crate::dialect::{Dialect, on_dialect};
use crate::difference::{Kept, Refusal};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::generate::decide::Answer;
use crate::project::Project;
use crate::render::difference::{self as words, lines};
use crate::render::human::count;

/// Compare models, history, database or revisions
///
/// Says what leads from one to the other, and exits with 1 when something does. Changes nothing: the history is
/// replayed on a scratch database.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema diff                     what `generate` would write
  cargo schema diff history database    what somebody changed behind the history's back
  cargo schema diff database models     how far the database is behind the models
  cargo schema diff 4f1c head --sql     what became of the schema since then, as SQL")]
pub(crate) struct Args {
    /// `models`, `history`, `database`, or a revision: any target
    #[arg(value_name = "A", default_value = "history", allow_hyphen_values = true, value_parser = parse_target)]
    from: String,
    /// The other side
    #[arg(value_name = "B", default_value = "models", allow_hyphen_values = true, value_parser = parse_target)]
    to: String,
    /// Print the SQL that leads from A to B
    #[arg(long)]
    sql: bool,
    /// It was renamed, not removed: `users.colour=color`, `carts=baskets`
    #[arg(long = "rename", value_name = "OLD=NEW", value_parser = pair)]
    renames: Vec<(String, String)>,
}

/// Compares them.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    let site = Site { context, project };
    on_dialect!(context.dialect(project)?, dialect => compare(dialect, site, args))
}

fn compare<D: Dialect>(dialect: &D, site: Site<'_>, args: &Args) -> Outcome {
    let Site { context, project } = site;
    let mut reader = Reader::new(dialect, site);
    let mut from = reader.read(&args.from)?;
    let mut to = reader.read(&args.to)?;
    let wishes = Wishes { renames: args.renames.clone(), ..Wishes::configured(project) };
    let between = comparison::between(dialect, site, &mut from, &mut to, &wishes)?;
    tell(context, &between);
    if args.sql {
        context.shell.findings(&valueless(&between));
    }
    let sql = match args.sql {
        true => {
            Some(words::script(&comparison::script(dialect, site, &mut from, &mut to, &between)?, &between))
        }
        false => None,
    };
    if context.is_json() {
        context.document("diff", project, document(&from, &to, &between, sql));
    } else if let Some(sql) = &sql {
        context.shell.raw(sql);
    } else {
        lines(&between).for_each(|(change, what)| context.shell.data(format_args!("{change} {what}")));
    }
    Ok(conclude(context, &from, &to, &between))
}

/// What a person should know besides the differences themselves.
fn tell(context: &Context, between: &Between) {
    for kept in &between.kept {
        context.shell.status("Keeping", kept.text());
    }
    for (gone, new, flag) in renames(between) {
        let text = format!("`{gone}` may be `{new}` now; `--rename {flag}` says so");
        context.shell.attention("Renamed?", text);
    }
    for line in &between.reworded {
        context.shell.verbose("Reworded", line);
    }
    if !between.reworded.is_empty() && !context.shell.is_verbose() {
        let text = format!(
            "{} mean the same in other words; `-v` shows them",
            count(between.reworded.len(), "clause")
        );
        context.shell.hint("Reworded", text);
    }
}

/// What would stop the SQL where there are rows.
fn valueless(between: &Between) -> Vec<Finding> {
    let columns = between.valueless.iter().filter_map(|refusal| match refusal {
        Refusal::NoValue { table, column, .. } => Some(format!("{table}.{column}")),
        Refusal::UnknownType { .. } | Refusal::Unanswerable { .. } => None,
    });
    let message =
        |column| format!("`{column}` may not be NULL, and the SQL gives no value to rows that exist");
    columns.map(|column| Finding::warning("no-value", message(column))).collect()
}

fn conclude<D: Dialect>(context: &Context, from: &Side<D>, to: &Side<D>, between: &Between) -> Exit {
    if between.is_equal() {
        context.shell.status("No changes", format_args!("{} and {} agree", from.name, to.name));
        return Exit::Done;
    }
    let number = count(lines(between).count(), "difference");
    context.shell.status("Compared", format_args!("{} with {}: {number}", from.name, to.name));
    Exit::No
}

/// What may have been renamed: the old name, the new one, what to pass.
fn renames(between: &Between) -> impl Iterator<Item = (String, String, String)> + '_ {
    between.renames.iter().flat_map(|question| question.answers()).filter_map(|(_, answer)| match answer {
        Answer::Renamed { old, new } => Some((old.clone(), new.clone(), format!("{old}={new}"))),
        Answer::Removed(_) | Answer::Kept(_) | Answer::Stop => None,
    })
}

fn document<D: Dialect>(from: &Side<D>, to: &Side<D>, between: &Between, sql: Option<String>) -> Value {
    let side = |side: &Side<D>| {
        let kind = match side.seen {
            Seen::Models(_) => "models",
            Seen::Catalogue(_) => "database",
        };
        json!({ "name": side.name, "kind": kind })
    };
    json!({
        "from": side(from),
        "to": side(to),
        "is_equal": between.is_equal(),
        "differences": lines(between).map(|(change, what)| json!({ "change": change, "what": what })).collect::<Vec<_>>(),
        "reworded": between.reworded,
        "perhaps_renamed": renames(between).map(|(from, to, _)| json!({ "from": from, "to": to })).collect::<Vec<_>>(),
        "kept": between.kept.iter().map(Kept::text).collect::<Vec<_>>(),
        "sql": sql,
    })
}
