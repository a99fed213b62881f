//! `cargo schema init --from-database`: models, `table!` blocks and a first revision for a database that is there
//! already. The revision is the database's own words, and it is marked as applied there; what cannot be proven is not
//! written.

use std::fs;
use std::path::{Path, PathBuf};

use schema_build::models;
use schema_build::rule::Purpose;
use schema_build::schema::Schema;
use schema_build::validate;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::engine::Migrator;
use schema_runtime::history::History;
use serde_json::{Value, json};

use super::init::Plan;
use super::running::WaitArgs;
use crate::changes::Changes;
use crate::comparison::rest::is_spoken_of;
use crate::comparison::{self, side};
use crate::context::Context;
use crate::database::connect::{self, Access, Database, Patience};
use crate::database::connection::Work;
use crate::database::scratch::{Site, unusable};
use crate::desk::Desk;
use crate::dialect::Dialect;
use crate::dialect::script::Script;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generate::prove::unequal;
use crate::generate::write::{self, New, Scripts, Wish};
use crate::lock::{self, known::Known};
use crate::manifest::{Dependency, Manifest, Source};
use crate::project::Project;
use crate::render::human::count;
use crate::scaffold::{self, Scaffold, roots};

/// The Diesel that generated code is written for.
const DIESEL: &str = "2.3";

/// Everything that is taken from a database, proven and ready to be written.
pub(super) struct Baseline {
    engine: Engine,
    /// The first revision.
    new: New,
    scaffold: Scaffold,
    /// What the database has, as far as models can say it.
    schema: Schema,
    /// The folder of the structs.
    models: PathBuf,
    /// The file of `table!` blocks.
    tables: PathBuf,
    /// The crate's root with the modules in it.
    root: Option<(PathBuf, String)>,
    /// What is in the first revision and in no model.
    unmodelled: usize,
    shown: String,
}

/// Reads the database, writes the revision and the models, and proves both. Changes nothing.
pub(super) fn prepare<D: Dialect>(dialect: &D, site: Site<'_>) -> Result<Baseline, Failure> {
    let Site { context, project } = site;
    let engine = dialect.engine();
    let (models, tables) = places(project);
    refuse_history(project, engine)?;
    refuse_models(project, engine, &models)?;
    let mut database = open(context, project)?;
    let catalogue = side::live(dialect, &mut database)?;
    let schema = dialect.schema(&catalogue);
    if schema.tables.is_empty() {
        return Err(nothing_there(&database));
    }
    context.shell.status("Reading", &database.url.shown);
    let script = comparison::definition(dialect, site, &catalogue)?;
    let wish = Wish { message: "take over the database", ..Wish::default() };
    let history = History::new(Vec::new()).map_err(|_| Failure::usage("the history is not empty"))?;
    let new = write::prepare(&project.config, &history, &wish, Scripts::Found(&script))?;
    prove(dialect, site, &script, &catalogue)?;
    let scaffold = scaffold::of(dialect, site, &catalogue, project.config.shown(&tables))?;
    let lines = dialect.lines(&catalogue);
    Ok(Baseline {
        engine,
        new,
        scaffold,
        schema,
        models,
        tables,
        root: root(project)?,
        unmodelled: lines.iter().filter(|line| !is_spoken_of(line)).count(),
        shown: database.url.shown,
    })
}

/// Where the structs and the blocks go.
fn places(project: &Project) -> (PathBuf, PathBuf) {
    let config = &project.config;
    let folder = config.models.iter().find(|path| path.extension().is_none()).cloned();
    let tables = config.tables.first().cloned();
    (
        folder.unwrap_or_else(|| config.root.join("src/models")),
        tables.unwrap_or_else(|| config.root.join("src/schema.rs")),
    )
}

fn refuse_history(project: &Project, engine: Engine) -> Result<(), Failure> {
    if !project.config.migrations.is_dir() {
        return Ok(());
    }
    let count = validate::validate_for(&project.config, engine, Purpose::Look).revisions().len();
    if count == 0 {
        return Ok(());
    }
    let folder = project.shown(&project.config.migrations).display().to_string();
    Err(Failure::new(Exit::No, "history", format!("`{folder}` has {count} migrations already"))
        .note("nothing was changed")
        .help(
            "`cargo schema init --adopt` takes them over; `cargo schema diff history database` compares them",
        ))
}

/// What somebody wrote is not written anew.
fn refuse_models(project: &Project, engine: Engine, models: &Path) -> Result<(), Failure> {
    let read = models::read(&project.config, engine);
    let found = read.schema.tables.values().find_map(|table| table.place.as_ref());
    let there = found.map(|place| place.path.clone()).or_else(|| {
        let module = models.with_extension("rs");
        [models.to_owned(), module].into_iter().find(|path| path.exists())
    });
    match there {
        None => Ok(()),
        Some(path) => Err(Failure::new(
            Exit::No,
            "models",
            format!("there are models already, in `{}`", project.shown(&path).display()),
        )
        .note("nothing was changed")
        .help("`cargo schema init` keeps them; `cargo schema diff database models` compares them")),
    }
}

fn open(context: &Context, project: &Project) -> Result<Database, Failure> {
    let url = context.url(project)?;
    if connect::is_missing(&url) {
        return Err(Failure::new(Exit::No, "database", format!("`{}` does not exist", url.shown))
            .note("nothing was changed"));
    }
    let patience = Patience { limit: project.config.lock_wait.into(), shell: &context.shell };
    let mut database = connect::open(url, Access::Read, &project.config, patience)?;
    // Where there is no such table, there are no such rows.
    let query = "SELECT count(*) AS number FROM __diesel_schema_migrations";
    match database.connection.number(query) {
        Ok(rows) if rows > 0 => Err(Failure::new(
            Exit::No,
            "history",
            format!("`{}` was made by {rows} migrations, which are not in this package", database.url.shown),
        )
        .note("`__diesel_schema_migrations` says so; nothing was changed")
        .help("put their folder here and run `cargo schema init --adopt`; or empty that table, if they are lost")),
        Ok(_) | Err(_) => Ok(database),
    }
}

fn nothing_there(database: &Database) -> Failure {
    Failure::new(Exit::No, "database", format!("`{}` has no tables", database.url.shown))
        .note("nothing was changed")
        .help("`cargo schema init` prepares a package that begins with nothing")
}

/// The first revision must make exactly what the database has.
fn prove<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    script: &Script,
    catalogue: &D::Catalogue,
) -> Result<(), Failure> {
    let failure =
        || Failure::new(Exit::No, "unproven", "the first revision would not make what the database has");
    let mut scratch = dialect.scratch(&site)?;
    let ran = dialect.run(&mut scratch, &script.text(), script.needs_foreign_keys_off);
    ran.map_err(|error| failure().note(error).note("nothing was changed"))?;
    let made = dialect.introspect(&mut scratch).map_err(unusable)?;
    let lines = unequal(&dialect.lines(catalogue), &dialect.lines(&made));
    if lines.is_empty() {
        return Ok(());
    }
    Err(lines.iter().fold(failure(), Failure::note).note("nothing was changed"))
}

/// The library's root, else the program's, with the new modules; `None` when it has them.
fn root(project: &Project) -> Result<Option<(PathBuf, String)>, Failure> {
    let candidates = ["src/lib.rs", "src/main.rs"].map(|path| project.config.root.join(path));
    let Some(path) = candidates.into_iter().find(|path| path.is_file()) else { return Ok(None) };
    let text = fs::read_to_string(&path).map_err(|error| Failure::file("could not read", &path, &error))?;
    Ok(roots::declare(&text, &["models", "schema"]).map(|text| (path, text)))
}

impl Baseline {
    /// Says what will be written, and puts into the manifest what the models need.
    pub(super) fn announce(&self, project: &Project, manifest: &mut Manifest, plan: &mut Plan) {
        let shown = |path: &Path| project.shown(path).display().to_string();
        let models = format!(
            "{}/ ({}) and {}",
            shown(&self.models),
            count(self.scaffold.modelled.len(), "struct"),
            shown(&self.tables)
        );
        plan.lines.push(("Created", format!("{}/", shown(&self.new.path))));
        plan.lines.push(("Created", models));
        if let Some((path, _)) = &self.root {
            plan.lines.push(("Edited", format!("{}: it has `mod models` and `mod schema`", shown(path))));
        }
        for (table, reason) in &self.scaffold.left_out {
            plan.lines.push(("No struct", format!("for `{table}`: {reason}")));
        }
        if !self.scaffold.left_out.is_empty() && manifest.configure("unmodelled", "keep") {
            plan.lines.push(("Added", "unmodelled = \"keep\": tables without a struct stay".to_owned()));
        }
        if self.unmodelled > 0 {
            let text = format!(
                "{} views, triggers and the like in the first revision, which no model says",
                self.unmodelled
            );
            plan.lines.push(("Carried", text));
        }
        self.depend(manifest, plan);
    }

    fn depend(&self, manifest: &mut Manifest, plan: &mut Plan) {
        let libraries = &self.scaffold.libraries;
        let backend = [scaffold::backend(self.engine)].into_iter().chain(self.scaffold.wide);
        let features: Vec<&str> = backend.chain(libraries.iter().map(|library| library.feature)).collect();
        let diesel = [("diesel", DIESEL, features)];
        let others = libraries.iter().map(|library| (library.name, library.version, Vec::new()));
        let mut added = Vec::new();
        for (name, version, features) in diesel.into_iter().chain(others) {
            let source = Source::Version(version.to_owned());
            let dependency =
                Dependency { section: "dependencies", name, source: &source, features: &features };
            if manifest.depend(&dependency) != crate::manifest::Change::Unchanged {
                added.push(name);
            }
        }
        if !added.is_empty() {
            plan.lines.push(("Added", format!("{} to [dependencies]", added.join(", "))));
        }
    }

    /// Writes the revision and the models, looks at them where they are, and marks the database.
    pub(super) fn write(
        &self,
        context: &Context,
        project: &Project,
        changes: &mut Changes,
    ) -> Result<(), Failure> {
        changes.place_folder(&self.new.path, &self.new.files)?;
        changes.create_folder(&self.models)?;
        for (path, text) in &self.scaffold.files {
            changes.write(&self.models.join(path), text)?;
        }
        changes.write(&self.tables, &self.scaffold.tables)?;
        if let Some((path, text)) = &self.root {
            changes.write(path, text)?;
        }
        let known =
            Known { schema: self.schema.clone(), models: Some(self.look(project)?), is_replayed: true };
        for (path, text) in
            lock::with(project, &[], std::slice::from_ref(&self.new), self.engine, Some(known))?
        {
            changes.write(&path, &text)?;
        }
        self.stamp(context, project)
    }

    /// The models, if the crate's modules lead to them.
    fn look(&self, project: &Project) -> Result<Schema, Failure> {
        let models = models::read(&project.config, self.engine);
        let is_found = |table: &String| models.schema.tables.contains_key(table);
        if self.scaffold.modelled.iter().all(is_found) {
            return Ok(models.schema);
        }
        Err(Failure::new(Exit::No, "models", "the crate's modules do not lead to the models")
            .help(format!("declare `mod models;` where the crate begins, for `{}`", self.models.display())))
    }

    fn stamp(&self, context: &Context, project: &Project) -> Result<(), Failure> {
        let wait = WaitArgs::default();
        let limit = wait.or_configured(&project.config);
        let mut desk = Desk::to_write(context, project, Purpose::Run, limit, |_| Ok(()))?;
        let history = std::sync::Arc::clone(&desk.history);
        let nodes = history.heads();
        let migrator = Migrator::new(&history).options(wait.options(&project.config));
        let work = Work::Stamp { nodes: &nodes, purge: false };
        let stamped = desk.database.connection.run(&migrator, work);
        stamped.map(drop).map_err(|error| desk.draw(error))
    }

    /// `app.db at 4f1c2a9b7d03`.
    pub(super) fn place(&self) -> String {
        format!("{} at {}", self.shown, self.new.draft.id)
    }

    /// As data.
    pub(super) fn document(&self) -> Value {
        json!({
            "revision": self.new.draft.id,
            "folder": self.new.place.folder,
            "modelled": self.scaffold.modelled,
            "left_out": self.scaffold.left_out.iter().map(|(table, reason)| json!({ "table": table, "reason": reason })).collect::<Vec<_>>(),
        })
    }
}
