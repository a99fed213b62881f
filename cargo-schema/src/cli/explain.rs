//! `cargo schema explain`: what a rule finds, what it does, and how to change that.

use schema_build::config::Level;
use schema_build::rule::{self, Levels, RULES, Rule};
use schema_runtime::nearest;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::render::json;

/// What a rule means, and what it does
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The rule, as in `error[missing-parent]`; default: all of them
    rule: Option<String>,
}

/// Explains one rule, or lists all.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let rules: Vec<&Rule> = match &args.rule {
        Some(id) => vec![find(id)?],
        None => RULES.iter().collect(),
    };
    if context.is_json() {
        let rules: Vec<Value> = rules.iter().map(|rule| data(rule)).collect();
        context.shell.data(json::document("explain", None, json!({ "rules": rules })));
    } else if args.rule.is_none() {
        rules.iter().for_each(|rule| context.shell.data(format!("{:<28} {}", rule.id, rule.about)));
    } else {
        rules.iter().for_each(|rule| context.shell.raw(&text(rule)));
    }
    Ok(Exit::Done)
}

fn find(id: &str) -> Result<&'static Rule, Failure> {
    // As it stands in output, brackets and all.
    let bare = id.trim_start_matches("error").trim_start_matches("warning").trim_matches(['[', ']']);
    rule::rule(bare).ok_or_else(|| unknown(bare))
}

/// No rule has this id.
pub(super) fn unknown(id: &str) -> Failure {
    let failure = Failure::usage(format!("there is no rule `{id}`"));
    match nearest(id, RULES.iter().map(|rule| rule.id)) {
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
        Levels::Judgement(build, check, _) => format!(
            "In `cargo build`: {}. In `cargo schema check`: {}. To change both:\n\n    \
             [package.metadata.schema.lints]\n    {} = \"allow\"    # or \"warn\", \"deny\"\n",
            word(build), word(check), rule.id
        ),
    };
    format!("{}\n\n{}.\n\n{levels}", rule.id, capitalised(rule.about))
}

fn data(rule: &Rule) -> Value {
    let (build, check) = match rule.levels {
        Levels::Defect => (Level::Deny, Level::Deny),
        Levels::Judgement(build, check, _) => (build, check),
    };
    json!({
        "rule": rule.id,
        "family": rule.family.name(),
        "about": rule.about,
        "build": key(build),
        "check": key(check),
        "configurable": rule.is_configurable(),
    })
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Allow => "nothing",
        Level::Warn => "a warning",
        Level::Deny => "an error",
    }
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
