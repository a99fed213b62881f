//! `cargo schema sql`: the script that a DBA reviews and runs, ledger rows included. The same history and range
//! give the same bytes, whenever and wherever it is printed.

use std::fmt::Write as _;

use schema_runtime::dialect::Dialect;
use schema_runtime::engine::Bookkeeping;
use schema_runtime::history::{History, Node};
use schema_runtime::plan::{self, Direction, Plan};
use schema_runtime::revision::{Mode, Revision, Script};
use schema_runtime::target;

use super::running::parse_target;
use crate::context::Context;
use crate::desk::with_place;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::render::human::count;
use crate::render::json::{self, named};

/// The script that a DBA reviews, ledger rows included
///
/// Needs no database, unless the range begins with `current` or a step.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo schema sql                  everything, for an empty database
  cargo schema sql 4f1c:            what comes after that revision
  cargo schema sql current:         what is pending here
  cargo schema sql 9b7d:4f1c        the way up, or, when 4f1c comes first, the way back")]
pub(crate) struct Args {
    /// From A (not included) to B (included)
    #[arg(default_value = "base:heads", value_name = "A:B", allow_hyphen_values = true, value_parser = parse_target)]
    range: String,
}

/// Prints it.
pub(crate) fn run(context: &Context, project: &Project, args: &Args) -> Outcome {
    print(context, project, &args.range, None)
}

/// Prints the script of a range, which goes this way or, when nobody says, the way that its ends say.
pub(crate) fn print(
    context: &Context,
    project: &Project,
    range: &str,
    direction: Option<Direction>,
) -> Outcome {
    let (history, plan) = planned(context, project, range, direction)?;
    let missing = plan.nodes.iter().find(|&&node| script(&history, node, plan.direction).is_none());
    if let Some(&node) = missing {
        let title = history.revision(node).title();
        return Err(Failure::new(Exit::No, "irreversible", format!("`{title}` cannot be reverted"))
            .help("write its down.sql, or end the range after it"));
    }
    let text = text(&history, &plan, context.dialect(project)?, &project.config.on_connect);
    if context.is_json() {
        let revisions: Vec<_> = plan.nodes.iter().map(|&node| named(&history, node)).collect();
        let way = json::direction(plan.direction);
        context.document(
            "sql",
            project,
            serde_json::json!({ "direction": way, "revisions": revisions, "sql": text }),
        );
    } else {
        context.shell.raw(&text);
    }
    Ok(Exit::Done)
}

fn planned(
    context: &Context,
    project: &Project,
    range: &str,
    direction: Option<Direction>,
) -> Result<(std::sync::Arc<History>, Plan), Failure> {
    let start = target::ends(range).map_or("", |(start, _)| start);
    let way = direction.unwrap_or(Direction::Up);
    if start == "current" || start.starts_with(['+', '-']) {
        return from_here(context, project, range, way);
    }
    let history = std::sync::Arc::new(context.history(project)?);
    let plan = plan::script(&history, range, way)?;
    let leads_back = way == Direction::Up && plan.is_empty() && target::ends(range).is_some();
    let back = leads_back.then(|| plan::script(&history, range, Direction::Down).ok()).flatten();
    match (back.filter(|back| !back.is_empty()), direction) {
        (Some(_), Some(_)) => Err(goes_back(range)),
        (Some(back), None) => Ok((history, back)),
        (None, _) => Ok((history, plan)),
    }
}

fn goes_back(range: &str) -> Failure {
    Failure::usage(format!("`{range}` goes back, and an upgrade goes forward"))
        .help(format!("cargo schema revert --sql {range}"))
}

/// A range that begins where the database is, or some steps from there.
fn from_here(
    context: &Context,
    project: &Project,
    range: &str,
    direction: Direction,
) -> Result<(std::sync::Arc<History>, Plan), Failure> {
    let (start, end) = target::ends(range).expect("the caller has seen the colon");
    let (history, state) = with_place(context, project)?;
    let applied = match &state {
        Some(state) if start == "current" => state.applied.clone(),
        Some(_) | None => {
            let nodes = target::locate(&history, state.as_ref().map(|state| &state.applied), start)?;
            plan::with_requirements(&history, &nodes)
        }
    };
    let plan = match direction {
        Direction::Up => plan::upgrade(&history, &applied, end)?,
        Direction::Down => plan::revert(&history, &applied, end)?,
    };
    Ok((history, plan))
}

fn script(history: &History, node: Node, direction: Direction) -> Option<&Script> {
    let revision = history.revision(node);
    match direction {
        Direction::Up => Some(&revision.up),
        Direction::Down => revision.down.as_ref().filter(|_| revision.irreversible.is_none()),
    }
}

fn bookkeeping(dialect: Dialect) -> Bookkeeping {
    let tool = concat!("cargo-schema ", env!("CARGO_PKG_VERSION"));
    match dialect {
        Dialect::Sqlite => Bookkeeping::new::<diesel::sqlite::Sqlite>(tool),
        Dialect::Postgres => Bookkeeping::new::<diesel::pg::Pg>(tool),
        Dialect::Mysql => Bookkeeping::new::<diesel::mysql::Mysql>(tool),
    }
}

fn text(history: &History, plan: &Plan, dialect: Dialect, on_connect: &[String]) -> String {
    let books = bookkeeping(dialect);
    let mut text = heading(plan, dialect);
    for statement in on_connect {
        let _ = writeln!(text, "{};", statement.trim_end_matches(';'));
    }
    if plan.direction == Direction::Up && !plan.is_empty() {
        let _ = write!(text, "\n{}", terminated(&books.tables()));
    }
    for &node in &plan.nodes {
        let script = script(history, node, plan.direction).expect("missing scripts were refused");
        let books = terminated(&books.rows(history.revision(node), plan.direction));
        revision(&mut text, history.revision(node), (plan.direction, dialect), script, &books);
    }
    text
}

fn heading(plan: &Plan, dialect: Dialect) -> String {
    let way = match plan.direction {
        Direction::Up => "upgrade",
        Direction::Down => "revert",
    };
    let revisions = count(plan.nodes.len(), "revision");
    // `.bail` would stop other programs than SQLite's shell; the flag stops none.
    let (program, first) = match dialect {
        Dialect::Sqlite => ("sqlite3 -bail DATABASE < SCRIPT", "PRAGMA foreign_keys = ON;\n"),
        Dialect::Postgres => ("psql --set=ON_ERROR_STOP=1 --file=SCRIPT DATABASE", ""),
        Dialect::Mysql => ("mysql DATABASE < SCRIPT", ""),
    };
    format!(
        "-- {way} of {revisions}, by cargo schema {}\n-- run it with: {program}\n{first}",
        env!("CARGO_PKG_VERSION")
    )
}

/// One revision, in the transaction that the command would run it in.
fn revision(
    text: &mut String,
    revision: &Revision,
    (direction, dialect): (Direction, Dialect),
    script: &Script,
    books: &str,
) {
    let verb = match direction {
        Direction::Up => "Apply",
        Direction::Down => "Revert",
    };
    let title = revision.title().replace(['\n', '\r'], " ");
    let body = if dialect == Dialect::Mysql { delimited(script) } else { body(script) };
    let _ = writeln!(text, "\n-- {verb} {title}");
    let _ = match (dialect, script.mode) {
        (Dialect::Postgres, Mode::Joined | Mode::ForeignKeysOff) => {
            writeln!(text, "BEGIN;\n{body}{books}COMMIT;")
        }
        (Dialect::Postgres, Mode::Outside) => {
            writeln!(text, "-- Outside a transaction.\n{body}BEGIN;\n{books}COMMIT;")
        }
        (Dialect::Mysql, _) => writeln!(text, "{body}START TRANSACTION;\n{books}COMMIT;"),
        (Dialect::Sqlite, Mode::Joined) => writeln!(text, "BEGIN IMMEDIATE;\n{body}{books}COMMIT;"),
        (Dialect::Sqlite, Mode::ForeignKeysOff) => writeln!(
            text,
            "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n{body}{books}\
             -- This must print nothing; else roll back.\nPRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;"
        ),
        (Dialect::Sqlite, Mode::Outside) => {
            writeln!(text, "-- Outside a transaction.\n{body}BEGIN IMMEDIATE;\n{books}COMMIT;")
        }
    };
}

/// The file as it was written, with its last statement ended.
fn body(script: &Script) -> String {
    let text = script.text.trim_start_matches('\u{feff}').trim_end();
    let last = script.statements.last().map_or(0, |statement| statement.end as usize);
    let is_ended = script.statements.is_empty() || script.text[last..].trim_start().starts_with(';');
    match (text.is_empty(), is_ended) {
        (true, _) => String::new(),
        (false, true) => format!("{text}\n"),
        // On a line of its own, because a comment may stand last.
        (false, false) => format!("{text}\n;\n"),
    }
}

/// The client splits at every `;` but those of strings; a stored program has some of its own.
fn delimited(script: &Script) -> String {
    let is_program =
        |sql: &str| sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("CREATE")) && sql.contains(';');
    let statement = |sql: &str| match is_program(sql) {
        true => format!("DELIMITER ;;\n{sql}\n;;\nDELIMITER ;\n"),
        false => format!("{sql};\n"),
    };
    script.statements.iter().map(|each| statement(script.sql(each))).collect()
}

fn terminated(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

#[cfg(test)]
mod tests {
    use schema_runtime::revision::{Statement, StatementKind};

    use super::*;

    fn script(text: &'static str, end: u32) -> Script {
        let statement = Statement { start: 0, end, kind: StatementKind::Ordinary };
        Script { text: text.into(), statements: vec![statement], ..Script::default() }
    }

    #[test]
    fn the_last_statement_is_ended_whatever_stands_after_it() {
        assert_eq!(body(&script("SELECT 1;\n", 8)), "SELECT 1;\n");
        assert_eq!(body(&script("SELECT 1", 8)), "SELECT 1\n;\n");
        assert_eq!(body(&script("SELECT 1 -- one\n", 8)), "SELECT 1 -- one\n;\n");
    }

    #[test]
    fn a_script_without_statements_keeps_its_comments() {
        let script = Script { text: "\u{feff}-- joins two lines\n".into(), ..Script::default() };
        assert_eq!(body(&script), "-- joins two lines\n");
    }
}
