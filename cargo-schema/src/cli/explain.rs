//! `cargo schema explain`: what a rule finds, what it does, and how to change that.

use schema_build::config::Level;
use schema_build::rule::{Family, Levels, Rule};
use schema_runtime::nearest;
use serde_json::{Value, json};

use crate::check::document::word;
use crate::check::{self, document};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::render::json;

/// What a rule means, and what it does
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The rule, as in `error[missing-parent]`; default: all of them
    rule: Option<String>,
    /// The pages of all rules, as one document of Markdown
    #[arg(long, conflicts_with = "rule")]
    all: bool,
}

/// Explains one rule, or lists all.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    if args.all && !context.is_json() {
        context.shell.raw(&document::all());
        return Ok(Exit::Done);
    }
    let rules: Vec<Rule> = match &args.rule {
        Some(id) => vec![find(id)?],
        None => check::every().collect(),
    };
    if context.is_json() {
        let rules: Vec<Value> = rules.iter().map(data).collect();
        context.shell.data(json::document("explain", None, json!({ "rules": rules })));
    } else if args.rule.is_none() {
        rules.iter().for_each(|rule| context.shell.data(format!("{:<32} {}", rule.id, rule.about)));
    } else {
        rules.iter().for_each(|rule| context.shell.raw(&text(rule)));
    }
    Ok(Exit::Done)
}

fn find(id: &str) -> Result<Rule, Failure> {
    // As it stands in output, brackets and all.
    let bare = id.trim_start_matches("error").trim_start_matches("warning").trim_matches(['[', ']']);
    check::known(bare).ok_or_else(|| unknown(bare))
}

/// No rule has this id.
pub(super) fn unknown(id: &str) -> Failure {
    let failure = Failure::usage(format!("there is no rule `{id}`"));
    let ids: Vec<&str> = check::every().map(|rule| rule.id).collect();
    match nearest(id, ids) {
        Some(nearest) => failure.help(format!("the nearest is `{nearest}`")),
        None => failure.help("`cargo schema explain` lists all rules"),
    }
}

fn text(rule: &Rule) -> String {
    let levels = match rule.levels {
        Levels::Defect => {
            "An error, always: the history cannot be used. It fails `cargo build` and `cargo schema check`, and stops\n\
             every command that runs; no configuration changes that.\n"
                .to_owned()
        }
        Levels::Judgement(_, check, _) if rule.family == Family::Safety => format!(
            "In `cargo schema check`: {}. To change that, here or everywhere:\n\n    \
             -- schema:allow({id}) why it is right here\n\n    \
             [package.metadata.schema.lints]\n    {id} = \"allow\"    # or \"warn\", \"deny\"\n",
            word(check),
            id = rule.id
        ),
        Levels::Judgement(build, check, _) => format!(
            "In `cargo build`: {}. In `cargo schema check`: {}. To change both:\n\n    \
             [package.metadata.schema.lints]\n    {} = \"allow\"    # or \"warn\", \"deny\"\n",
            word(build), word(check), rule.id
        ),
    };
    let body = check::page(rule.id).map(document::body).unwrap_or_default();
    format!("{}\n\n{}.\n\n{body}{levels}", rule.id, capitalised(rule.about))
}

fn data(rule: &Rule) -> Value {
    let (build, check) = match rule.levels {
        Levels::Defect => (Level::Deny, Level::Deny),
        Levels::Judgement(build, check, _) => (build, check),
    };
    let page = check::page(rule.id);
    json!({
        "rule": rule.id,
        "family": rule.family.name(),
        "engine": check::engines(rule.id).filter(|folder| *folder != "common"),
        "about": rule.about,
        "why": page.map(|page| page.why),
        "instead": page.map(|page| page.instead),
        "examples": page.map(|page| page.examples.iter().map(document::example).collect::<Vec<_>>()),
        "build": key(build),
        "check": key(check),
        "configurable": rule.is_configurable(),
    })
}

fn key(level: Level) -> &'static str {
    match level {
        Level::Allow => "allow",
        Level::Warn => "warn",
        Level::Deny => "deny",
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().collect::<String>() + characters.as_str())
}
