//! The package, or packages, that the command is about. The fast way reads one Cargo.toml; Cargo itself is asked
//! only when a workspace has to be searched.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};
use schema_build::config::Config;
use schema_build::finding::Finding;

use crate::cli::Global;
use crate::exit::Exit;
use crate::failure::{self, Failure};

/// A package with its configuration, or a bare migrations folder.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The package's name; `None` without Cargo.
    pub(crate) package: Option<String>,
    /// Its configuration, with defaults.
    pub(crate) config: Config,
    /// What the configuration deserves to be warned about.
    pub(crate) warnings: Vec<Finding>,
}

impl Project {
    /// What people call it.
    pub(crate) fn name(&self) -> String {
        self.package.clone().unwrap_or_else(|| self.config.migrations.display().to_string())
    }

    /// A path as it is shown: relative to the current folder where it can be.
    pub(crate) fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        let current = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(current).unwrap_or(path)
    }

    /// Findings about files of the package, whose paths start from its root, with paths as they are shown.
    pub(crate) fn shown_in(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for place in findings.iter_mut().filter_map(|finding| finding.place.as_mut()) {
            place.path = self.shown(&self.config.root.join(&place.path)).to_path_buf();
        }
        findings
    }

    /// Without a folder there is no history, which is not the same as an empty history.
    pub(crate) fn refuse_missing_folder(&self) -> Result<(), Failure> {
        let folder = &self.config.migrations;
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(Failure::new(
                Exit::Usage,
                "no-migrations",
                format!("`{}` is a file, not a migrations folder", self.shown(folder).display()),
            )),
            Err(error) => Err(Failure::new(
                Exit::Usage,
                "no-migrations",
                format!("there is no migrations folder `{}`", self.shown(folder).display()),
            )
            .note(failure::reason(&error))
            .help("`cargo schema init` makes one; `--migrations DIR` names another")),
        }
    }
}

/// The one package that is meant.
pub(crate) fn find_one(global: &Global) -> Result<Project, Failure> {
    if global.workspace {
        return Err(Failure::usage("this verb works on one package, and `--workspace` names several")
            .help("name one with `-p NAME`"));
    }
    Ok(find(global)?.remove(0))
}

/// The packages that are meant; at least one.
pub(crate) fn find(global: &Global) -> Result<Vec<Project>, Failure> {
    if let Some(project) = standalone(global)? {
        return Ok(vec![project]);
    }
    let manifest = manifest(global)?;
    if !global.workspace
        && global.package.is_none()
        && let Some(name) = package_name(&manifest)?
    {
        let root = manifest.parent().expect("a manifest has a folder");
        return Ok(vec![load(Some(name), root, global)?]);
    }
    let metadata = metadata(&manifest)?;
    chosen(&metadata, global)?
        .into_iter()
        .map(|package| {
            let root = package.manifest_path.parent().expect("a manifest has a folder");
            load(Some(package.name.to_string()), root.as_std_path(), global)
        })
        .collect()
}

/// The package that `init` prepares, which has no configuration and no migrations yet.
pub(crate) fn find_for_init(global: &Global) -> Result<Project, Failure> {
    if global.workspace {
        return Err(Failure::usage("`init` prepares one package, and `--workspace` names several")
            .help("name one with `-p NAME`"));
    }
    let manifest = manifest(global)?;
    if global.package.is_none()
        && let Some(name) = package_name(&manifest)?
    {
        return load(Some(name), manifest.parent().expect("a manifest has a folder"), global);
    }
    let metadata = metadata(&manifest)?;
    let members = metadata.workspace_packages();
    let Some(name) = &global.package else {
        return Err(listing(
            format!("`{}` is a workspace without a package of its own", manifest.display()),
            &members,
        )
        .help("name a package with `-p NAME`"));
    };
    let found = members.iter().find(|package| package.name.as_str() == name);
    let package = found.ok_or_else(|| listing(format!("the workspace has no package `{name}`"), &members))?;
    let root = package.manifest_path.parent().expect("a manifest has a folder");
    load(Some(name.clone()), root.as_std_path(), global)
}

/// `--migrations` and `--database-url` say it all: no Cargo.toml is looked for.
fn standalone(global: &Global) -> Result<Option<Project>, Failure> {
    match &global.migrations {
        Some(folder) if global.database_url.is_some() || !is_in_package(global) => {
            let migrations = absolute(folder)?;
            let config = Config::standalone(&migrations, None);
            Ok(Some(Project { package: None, config, warnings: Vec::new() }))
        }
        Some(_) | None => Ok(None),
    }
}

fn is_in_package(global: &Global) -> bool {
    let is_named = global.package.is_some() || global.workspace || global.manifest_path.is_some();
    is_named || manifest(global).and_then(|manifest| package_name(&manifest)).is_ok_and(|name| name.is_some())
}

fn load(package: Option<String>, root: &Path, global: &Global) -> Result<Project, Failure> {
    let (mut config, warnings) = Config::load(root, global.target.as_deref())
        .map_err(|findings| Failure::of(Exit::Usage, findings))?;
    if let Some(folder) = &global.migrations {
        config.migrations = absolute(folder)?;
    }
    Ok(Project { package, config, warnings })
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file("could not find", path, &error))
}

/// The Cargo.toml that was named, or the nearest one upwards.
fn manifest(global: &Global) -> Result<PathBuf, Failure> {
    if let Some(path) = &global.manifest_path {
        let path = absolute(path)?;
        let path = if path.is_dir() { path.join("Cargo.toml") } else { path };
        return match fs::metadata(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(Failure::usage(format!("there is no manifest `{}`", path.display()))
                .note(failure::reason(&error))),
        };
    }
    let current = std::env::current_dir()
        .map_err(|error| Failure::file("could not find", "the current folder".as_ref(), &error))?;
    current.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file()).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "no-project",
            format!("could not find `Cargo.toml` in `{}` or any folder above it", current.display()),
        )
        .help("go to the package, pass `--manifest-path PATH`, or do without Cargo: `--migrations DIR --database-url URL`")
    })
}

/// The name in a manifest's `[package]`; `None` for a workspace without a root package.
fn package_name(manifest: &Path) -> Result<Option<String>, Failure> {
    let text =
        fs::read_to_string(manifest).map_err(|error| Failure::file("could not read", manifest, &error))?;
    let document = text.parse::<toml_edit::Document<String>>().map_err(|error| {
        Failure::new(Exit::Usage, "bad-manifest", format!("`{}` is not valid TOML", manifest.display()))
            .note(error.to_string().trim_end())
    })?;
    let name = document.get("package").map(|package| package.get("name").and_then(|name| name.as_str()));
    Ok(name.map(|name| name.unwrap_or_default().to_owned()))
}

fn metadata(manifest: &Path) -> Result<Metadata, Failure> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps().other_options(["--offline".to_owned()]);
    command.exec().map_err(|error| {
        Failure::new(Exit::Usage, "cargo-metadata", "`cargo metadata` could not read the workspace")
            .note(error.to_string().trim_end())
            .help("`--manifest-path` of the package itself, or `--migrations DIR --database-url URL`, does without Cargo")
    })
}

fn chosen<'m>(metadata: &'m Metadata, global: &Global) -> Result<Vec<&'m Package>, Failure> {
    let members = metadata.workspace_packages();
    if let Some(name) = &global.package {
        let found = members.iter().copied().find(|package| package.name.as_str() == name);
        return found
            .map(|package| vec![package])
            .ok_or_else(|| listing(format!("the workspace has no package `{name}`"), &members));
    }
    let with_schema: Vec<_> = members.iter().copied().filter(|package| has_schema(package)).collect();
    match (with_schema.len(), global.workspace) {
        (0, _) => Err(listing("no package of the workspace has migrations".to_owned(), &members)
            .help("`cargo schema init -p NAME` prepares one")),
        (1, _) | (_, true) => Ok(with_schema),
        (several, false) => {
            Err(listing(format!("{several} packages of the workspace have migrations"), &with_schema)
                .help("name one with `-p NAME`, or all with `--workspace`"))
        }
    }
}

fn listing(message: String, packages: &[&Package]) -> Failure {
    let failure = Failure::new(Exit::Usage, "package", message);
    packages.iter().fold(failure, |failure, package| failure.note(format!("`{}`", package.name)))
}

fn has_schema(package: &Package) -> bool {
    let root = package.manifest_path.parent().expect("a manifest has a folder");
    package.metadata.get("schema").is_some() || root.join("migrations").is_dir()
}
