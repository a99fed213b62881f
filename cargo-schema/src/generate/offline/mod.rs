//! A migration without a server: what is there comes from schema.lock, and the SQL is written from that alone. It is
//! not proven, and says so; what schema.lock cannot say for certain is refused. `recall` knows the engine's words from
//! the last time that it was asked, `doubt` says what cannot be known, `paper` writes.

mod doubt;
pub(super) mod paper;
mod recall;

use std::collections::BTreeMap;

use schema_build::lockfile::LockFile;
use schema_build::models::Models;
use schema_build::schema::Schema;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};

use super::automatic::{self, Automatic, Request};
use super::migration::Migration;
use crate::database::scratch::Site;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock;
use crate::operation::apply;
use crate::render::difference::detected;

/// Compares the models with what schema.lock says of the history. `down` is why no server could be asked.
pub(super) fn compare<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    request: Request<'_>,
    models: Models,
    down: Failure,
) -> Result<Automatic, Failure> {
    let shell = &site.context.shell;
    let Request { history, parents, mut answers, is_beside, .. } = request;
    let remembered = match remembered(site, history, parents)? {
        Ok(remembered) => remembered,
        Err(why) => {
            return Err(down.note(why).help("`cargo schema lock` writes it where the server can be reached"));
        }
    };
    shell.attention("Offline", "the server does not answer; schema.lock says what the history leads to");
    let Remembered { schema: current, models: said } = remembered;
    let mut desired = automatic::wanted(&models);
    answers.unmodelled.get_or_insert(automatic::unmodelled(dialect, &desired, &current));
    let spelling = recall::recall(dialect, &mut desired, &said, &current).map_err(|table| {
        let why = format!("schema.lock does not say how the server spells the expressions of `{table}`");
        unsure(&why)
    })?;
    let (mut found, _) = automatic::decided(dialect, site.context, &desired, &current, answers)?;
    spelling.undo(&mut found.operations);
    found.kept.iter().for_each(|kept| shell.status("Keeping", kept.text()));
    let mut offline = Automatic {
        agreed: models.schema.clone(),
        models,
        migrations: Vec::new(),
        detected: Vec::new(),
        kept: found.kept,
        schema: current,
        is_proven: false,
    };
    if found.operations.is_empty() {
        return Ok(offline);
    }
    if let Some(doubt) = doubt::of(dialect, history, &offline.schema, &found.operations) {
        return Err(unsure(&doubt));
    }
    let migrations = paper::write(dialect, found.operations, &offline.schema, is_beside)
        .map_err(|error| unsure(&error.to_string()))?;
    let operations = || migrations.iter().flat_map(|migration| &migration.operations);
    offline.detected = operations().map(detected).collect();
    offline.detected.iter().for_each(|line| shell.status("Detected", line));
    shell.attention("Unproven", "nothing ran; `cargo schema check --proof` tries it where there is a server");
    let after = |schema, migration: &Migration| apply::after(dialect, &schema, &migration.operations);
    offline.schema = migrations.iter().fold(offline.schema, after);
    offline.migrations = migrations;
    Ok(offline)
}

/// What schema.lock says of the whole history.
struct Remembered {
    schema: Schema,
    /// What the models said of the tables in which they agreed with it.
    models: Schema,
}

/// Or why it does not say that.
fn remembered(
    site: Site<'_>,
    history: &History,
    parents: &[Node],
) -> Result<Result<Remembered, &'static str>, Failure> {
    let lock = lock::read(site.project)?.unwrap_or_default();
    if !history.ancestors(parents).into_iter().all(|is_before| is_before) {
        return Ok(Err(
            "schema.lock knows where the whole history leads, and this revision would follow a part of it",
        ));
    }
    if !lock.outside.is_empty() || !lock.compare(history.revisions()).is_empty() {
        return Ok(Err(
            "schema.lock does not know the schema that the history leads to: revisions are new or edited",
        ));
    }
    let LockFile { schema, models, .. } = lock;
    let empty = nothing(site.context.dialect(site.project)?);
    let schema = schema.or_else(|| history.revisions().is_empty().then(|| empty.clone()));
    Ok(match schema {
        Some(schema) => Ok(Remembered { schema, models: models.unwrap_or(empty) }),
        None => Err("schema.lock does not know the schema that the history leads to"),
    })
}

fn nothing(dialect: Engine) -> Schema {
    Schema { dialect, tables: BTreeMap::new(), enums: BTreeMap::new(), views: BTreeMap::new() }
}

fn unsure(why: &str) -> Failure {
    Failure::new(Exit::No, "unproven", "without a server it cannot be said what this change does")
        .note(why)
        .note("nothing was written")
        .help("run it where the server can be reached, or write SQL by hand with `--empty`")
}
