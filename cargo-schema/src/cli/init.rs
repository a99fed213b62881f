//! `cargo schema init`: prepares a package, or adopts the migrations that it has. All is worked out before anything
//! is written, and what is written is undone when it cannot be completed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use schema_build::finding::Finding;
use schema_build::lockfile::LockFile;
use schema_build::migrations::name::{self, Moment, Parts};
use schema_build::rule::Purpose;
use schema_build::validate;
use schema_runtime::dialect::Dialect;
use serde_json::json;

use super::from_database::{self, Baseline};
use crate::build_script::{self, Edit};
use crate::changes;
use crate::context::Context;
use crate::database::scratch::Site;
use crate::database::url;
use crate::dialect::on_dialect;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::lock::{self, known};
use crate::manifest::{BuildKey, Change, Dependency, Manifest, Source};
use crate::project::{self, Project};
use crate::render::{human, json};

/// Prepare a package, or adopt its Diesel migrations
///
/// Writes [package.metadata.schema] and the dependencies into Cargo.toml, the migrations folder with its
/// schema.lock, and a build.rs, or one statement into the build.rs that is there. Twice changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Insist on migrations that are there already
    #[arg(long)]
    adopt: bool,
    /// Write models and a first revision for the tables of the configured database, and mark it as applied there
    #[arg(long, conflicts_with = "adopt")]
    from_database: bool,
    /// Depend on the crates in this checkout, instead of the published ones
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
}

/// What will be written, and how it is told.
#[derive(Default)]
pub(super) struct Plan {
    /// Verb and text, for people.
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) files: Vec<(PathBuf, String)>,
    /// The statement has to be added by hand to this file.
    by_hand: Option<PathBuf>,
    /// The revisions that were there, when they are adopted.
    adopted: Option<Adopted>,
    /// What is taken from a database.
    baseline: Option<Baseline>,
}

/// A history that is older than this program.
struct Adopted {
    revisions: usize,
    heads: usize,
    /// The one that runs last: what it and those before it do is settled. `None`: the history is broken.
    last: Option<String>,
}

/// Prepares the package.
pub(crate) fn run(context: &Context, args: &Args) -> Outcome {
    let project = project::find_for_init(&context.global)?;
    refuse_nothing_to_adopt(&project, args)?;
    let path = project.config.root.join("Cargo.toml");
    let mut manifest = Manifest::parse(read(&path)?.unwrap_or_default())
        .map_err(|error| Failure::usage(format!("`{}` is not valid TOML", path.display())).note(error))?;
    let dialect = dialect(context, &project, &manifest)?;
    let mut plan = Plan::default();
    plan.folder(context, &project, dialect);
    if args.from_database {
        let site = Site { context, project: &project };
        let baseline = on_dialect!(dialect, dialect => from_database::prepare(dialect, site))?;
        baseline.announce(&project, &mut manifest, &mut plan);
        plan.baseline = Some(baseline);
    }
    plan.manifest(&project, &mut manifest, dialect, args, context)?;
    plan.build_script(&project, &manifest)?;
    plan.write(context, &project)?;
    report(context, &project, &plan, dialect)
}

fn refuse_nothing_to_adopt(project: &Project, args: &Args) -> Result<(), Failure> {
    let folder = &project.config.migrations;
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => {
            Err(Failure::usage(format!("`{}` is a file, not a folder", project.shown(folder).display())))
        }
        Err(_) if args.adopt => {
            Err(Failure::usage(format!("there is no folder `{}` to adopt", project.shown(folder).display()))
                .note("nothing was changed")
                .help("`--migrations DIR` names another; `cargo schema init` makes an empty one"))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Configuration, then the URL, then the features of Diesel.
fn dialect(context: &Context, project: &Project, manifest: &Manifest) -> Result<Dialect, Failure> {
    if let Some(dialect) = project.config.dialect {
        return Ok(dialect);
    }
    if let Some(url) = url::resolve(&context.global, project)? {
        return Ok(url.dialect);
    }
    let features = manifest.features("diesel");
    Ok(features.into_iter().find_map(Dialect::from_name).unwrap_or(Dialect::Sqlite))
}

impl Plan {
    fn folder(&mut self, context: &Context, project: &Project, dialect: Dialect) {
        let folder = &project.config.migrations;
        let lock = lock::path(project);
        let shown = |path: &Path| project.shown(path).display().to_string();
        if !folder.is_dir() {
            self.lines.push(("Created", format!("{}/ and {}", shown(folder), shown(&lock))));
            self.files.extend(lock::files(project, &LockFile::default()));
            return;
        }
        if lock.exists() {
            return;
        }
        let validated = validate::validate(&project.config, dialect);
        let heads = validated.history.as_ref().map_or(0, |history| history.heads().len());
        let count = validated.revisions().len();
        if count > 0 {
            let last = validated.history.as_ref().and_then(|history| history.revisions().last());
            let last = last.map(|last| last.id.to_string());
            self.adopted = Some(Adopted { revisions: count, heads, last });
            let heads = if heads == 0 { String::new() } else { format!(", {}", human::count(heads, "head")) };
            self.lines.push((
                "Adopted",
                format!("{}{heads}; nothing was converted", human::count(count, "revision")),
            ));
        }
        self.lines.push(("Created", shown(&lock)));
        let mut lock = LockFile::of(validated.revisions());
        if let Some(history) = validated.history.filter(|_| count > 0) {
            let site = Site { context, project };
            known::put(&mut lock, known::learn_if_possible(site, dialect, &history), &[]);
        }
        self.files.extend(lock::files(project, &lock));
    }

    fn manifest(
        &mut self,
        project: &Project,
        manifest: &mut Manifest,
        dialect: Dialect,
        args: &Args,
        context: &Context,
    ) -> Result<(), Failure> {
        self.configure(project, manifest, dialect, context);
        self.depend(manifest, dialect, args)?;
        let after = manifest.text();
        if manifest.is_edited() {
            self.files.push((project.config.root.join("Cargo.toml"), after));
        }
        Ok(())
    }

    fn configure(&mut self, project: &Project, manifest: &mut Manifest, dialect: Dialect, context: &Context) {
        let mut keys = Vec::new();
        if project.config.dialect.is_none() {
            keys.push(("dialect", dialect.name().to_owned()));
        }
        if context.global.migrations.is_some() {
            let folder = project.config.shown(&project.config.migrations);
            keys.push(("migrations", folder.to_string_lossy().replace('\\', "/")));
        }
        let last = self.adopted.as_ref().and_then(|adopted| adopted.last.clone());
        keys.extend(
            last.filter(|_| project.config.safety_after.is_none()).map(|last| ("safety-after", last)),
        );
        keys.retain(|(key, value)| manifest.configure(key, value));
        let written: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = \"{value}\"")).collect();
        if !written.is_empty() {
            let path = project.config.root.join("Cargo.toml");
            let text = format!(
                "[package.metadata.schema] {} to {}",
                written.join(", "),
                project.shown(&path).display()
            );
            self.lines.push(("Added", text));
        }
    }

    fn depend(&mut self, manifest: &mut Manifest, dialect: Dialect, args: &Args) -> Result<(), Failure> {
        let features: &[&str] = &[dialect.name()];
        let mut added = Vec::new();
        for (name, section, features) in
            [("schema-runtime", "dependencies", features), ("schema-build", "build-dependencies", &[])]
        {
            let source = source(args, name)?;
            match manifest.depend(&Dependency { section, name, source: &source, features }) {
                Change::Unchanged => {}
                Change::Added => added.push(format!("{name} to [{section}]")),
                Change::Extended => added.push(format!("the feature `{dialect}` to {name}")),
            }
        }
        if !added.is_empty() {
            self.lines.push(("Added", added.join(", ")));
        }
        Ok(())
    }

    fn build_script(&mut self, project: &Project, manifest: &Manifest) -> Result<(), Failure> {
        let root = &project.config.root;
        let path = match manifest.build_key() {
            BuildKey::Default => root.join("build.rs"),
            BuildKey::Path(path) => root.join(path),
            BuildKey::Other => {
                self.by_hand = Some(root.join("Cargo.toml"));
                return Ok(());
            }
        };
        let shown = project.shown(&path).display().to_string();
        match read(&path)?.map(|text| build_script::add_statement(&text)) {
            None => {
                self.lines.push(("Created", shown));
                self.files.push((path, build_script::TEMPLATE.to_owned()));
            }
            Some(Edit::Changed(text)) => {
                self.lines.push(("Edited", format!("{shown}: main calls `{}`", build_script::STATEMENT)));
                self.files.push((path, text));
            }
            Some(Edit::Unchanged) => {}
            Some(Edit::Unsure) => self.by_hand = Some(path),
        }
        Ok(())
    }

    fn write(&self, context: &Context, project: &Project) -> Result<(), Failure> {
        changes::all_or_nothing(|changes| {
            changes.create_folder(&project.config.migrations)?;
            self.files.iter().try_for_each(|(path, text)| changes.write(path, text))?;
            match &self.baseline {
                Some(baseline) => baseline.write(context, project, changes),
                None => Ok(()),
            }
        })
    }
}

fn source(args: &Args, name: &str) -> Result<Source, Failure> {
    let Some(folder) = &args.path else { return Ok(Source::Version(env!("CARGO_PKG_VERSION").to_owned())) };
    let path = folder.join(name);
    fs::canonicalize(&path).map(Source::Path).map_err(|error| Failure::file("could not find", &path, &error))
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("could not read", path, &error)),
    }
}

fn report(context: &Context, project: &Project, plan: &Plan, dialect: Dialect) -> Outcome {
    let findings = findings(project, plan, dialect);
    if context.is_json() {
        context.document("init", project, document(project, plan, dialect, &findings));
        return Ok(Exit::Done);
    }
    for (verb, text) in &plan.lines {
        context.shell.status(verb, text);
    }
    if let Some(baseline) = &plan.baseline {
        context.shell.status("Stamped", baseline.place());
    }
    context.shell.rules(&findings);
    if !diesel_reads(&project.config.name) {
        let text = format!(
            "Diesel cannot read names such as `{}`: the way back to plain Diesel is given up",
            project.config.name
        );
        context.shell.attention("Names", text);
    }
    if let Some(path) = &plan.by_hand {
        let shown = project.shown(path).display();
        let where_to = match path.ends_with("Cargo.toml") {
            true => {
                format!("a build script of the package: `build` in {shown} says that there is no single one")
            }
            false => format!("the main of the build script ({shown})"),
        };
        context.shell.attention("Add", format_args!("`{}` to {where_to}", build_script::STATEMENT));
    }
    if plan.lines.is_empty() && plan.by_hand.is_none() {
        context.shell.status("Finished", "nothing to do: the package is prepared");
    } else if plan.lines.is_empty() {
        context.shell.status("Finished", "nothing was written: the rest is prepared");
    } else if plan.baseline.is_some() {
        context
            .shell
            .hint("Next", "build it; then edit a struct and run `cargo schema generate \"what changed\"`");
    } else {
        context.shell.hint("Next", "edit a struct that derives Schema, then run `cargo schema generate \"what changed\"`; `--empty` is for SQL of your own");
    }
    Ok(Exit::Done)
}

/// What is wrong with a folder that was adopted; a second run says no more than what is broken.
fn findings(project: &Project, plan: &Plan, dialect: Dialect) -> Vec<Finding> {
    let purpose = if plan.adopted.is_some() { Purpose::Check } else { Purpose::Run };
    let mut findings = project.warnings.clone();
    findings.extend(validate::validate_for(&project.config, dialect, purpose).findings);
    project.shown_in(findings)
}

fn document(project: &Project, plan: &Plan, dialect: Dialect, findings: &[Finding]) -> serde_json::Value {
    let shown = |path: &Path| project.shown(path).display().to_string();
    json!({
        "dialect": dialect.name(),
        "written": plan.files.iter().map(|(path, _)| shown(path)).collect::<Vec<_>>(),
        "from_database": plan.baseline.as_ref().map(Baseline::document),
        "adopted": plan.adopted.as_ref().map(|adopted| json!({ "revisions": adopted.revisions, "heads": adopted.heads })),
        "add_by_hand": plan.by_hand.as_ref().map(|path| json!({ "file": shown(path), "line": build_script::STATEMENT })),
        "findings": findings.iter().map(json::finding).collect::<Vec<_>>(),
    })
}

/// Whether Diesel reads the same version from such names, and another one for every migration.
fn diesel_reads(template: &str) -> bool {
    let name = |rev: &str, seq: usize| {
        name::render(template, &Parts { time: Moment::from_epoch(0), rev, slug: "x", seq })
    };
    let (one, other) = (name("4f1c2a9b7d03", 1), name("9b7d034f1c2a", 2));
    let version = name::diesel_version(&one);
    version == name::version(&one, Some("4f1c2a9b7d03")) && version != name::diesel_version(&other)
}

#[cfg(test)]
mod tests {
    use super::diesel_reads;

    #[test]
    fn names_that_diesel_cannot_read_are_known() {
        for template in [schema_build::migrations::name::DEFAULT_TEMPLATE, "{rev}_{slug}", "{seq}_{slug}"] {
            assert!(diesel_reads(template), "{template}");
        }
        for template in ["{year}{month}{day}_{hour}{minute}_{rev}_{slug}", "{seq}_{rev}_{slug}"] {
            assert!(!diesel_reads(template), "{template}");
        }
    }
}
