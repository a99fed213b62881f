//! Which SQL a history is written in: what is configured, else what the database's URL says, else what Diesel was
//! compiled for, else what a developer's environment says.

use std::env;
use std::fs;
use std::path::Path;

use schema_runtime::dialect::Dialect;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::Config;

/// The dialect, and what Cargo must watch because it was looked at.
pub(super) fn choose(config: &Config) -> (Dialect, Vec<String>) {
    let variable = config.database_url.strip_prefix("env:");
    let written = config.dialect.or_else(|| of_url(&config.database_url).filter(|_| variable.is_none()));
    if let Some(dialect) = written.or_else(|| of_manifests(config)) {
        return (dialect, Vec::new());
    }
    let (url, watched) = variable.map_or((None, Vec::new()), |variable| of_environment(config, variable));
    (url.and_then(|url| of_url(&url)).unwrap_or(Dialect::Sqlite), watched)
}

/// What a URL's scheme says; a bare path is SQLite's.
fn of_url(url: &str) -> Option<Dialect> {
    match url.split_once(':') {
        Some((scheme, _)) => Dialect::from_name(scheme.split('+').next().unwrap_or(scheme)),
        None => Some(Dialect::Sqlite),
    }
}

/// The environment, or the first `.env` upwards, as Diesel reads it.
fn of_environment(config: &Config, variable: &str) -> (Option<String>, Vec<String>) {
    let mut watched = vec![format!("cargo::rerun-if-env-changed={variable}")];
    if let Ok(url) = env::var(variable) {
        return (Some(url), watched);
    }
    let file = config.root.ancestors().map(|folder| folder.join(".env")).find(|file| file.is_file());
    let Some(file) = file else { return (None, watched) };
    watched.push(super::watch(&file));
    (fs::read_to_string(&file).ok().and_then(|text| value(&text, variable)), watched)
}

/// `NAME=value`, `export NAME="value"`.
fn value(text: &str, variable: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
        (name.trim() == variable).then(|| value.trim().trim_matches(['"', '\'']).to_string())
    })
}

/// The one engine among Diesel's features.
fn of_manifests(config: &Config) -> Option<Dialect> {
    let texts: Vec<String> = config.files.iter().filter_map(|file| manifest(file)).collect();
    let tables: Vec<DeTable<'_>> =
        texts.iter().map(|text| DeTable::parse_recoverable(text).0.into_inner()).collect();
    let mut found: Vec<Dialect> =
        tables.iter().flat_map(features).filter_map(|name| of_feature(&name)).collect();
    found.sort_unstable_by_key(|dialect| dialect.name());
    found.dedup();
    match found.as_slice() {
        [dialect] => Some(*dialect),
        _ => None,
    }
}

fn manifest(file: &Path) -> Option<String> {
    file.ends_with("Cargo.toml").then(|| fs::read_to_string(file).ok()).flatten()
}

/// The features of Diesel's crates in a manifest, its own and its workspace's dependencies alike.
fn features(manifest: &DeTable<'_>) -> Vec<String> {
    let own = child(manifest, "dependencies");
    let shared = child(manifest, "workspace").and_then(|workspace| child(workspace, "dependencies"));
    let crates = own.into_iter().chain(shared).flat_map(|dependencies| {
        ["diesel", "diesel-async"].into_iter().filter_map(|name| child(dependencies, name))
    });
    let lists = crates.filter_map(|dependency| match dependency.get("features").map(Spanned::get_ref) {
        Some(DeValue::Array(features)) => Some(features),
        _ => None,
    });
    lists.flat_map(|list| list.iter()).filter_map(|it| it.get_ref().as_str().map(str::to_string)).collect()
}

fn of_feature(feature: &str) -> Option<Dialect> {
    match feature {
        "sqlite" | "returning_clauses_for_sqlite_3_35" => Some(Dialect::Sqlite),
        "postgres" | "postgres_backend" => Some(Dialect::Postgres),
        "mysql" | "mysql_backend" => Some(Dialect::Mysql),
        _ => None,
    }
}

fn child<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v DeTable<'t>> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Table(table)) => Some(table),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn chosen(manifest: &str, dotenv: Option<&str>) -> (Dialect, usize) {
        let scratch = Scratch::new();
        scratch.write("Cargo.toml", format!("[package]\nname = \"shop\"\n{manifest}"));
        dotenv.iter().for_each(|text| scratch.write(".env", text));
        let (config, _) = Config::load(scratch.path(), None).expect("a good configuration");
        let (dialect, watched) = choose(&config);
        (dialect, watched.len())
    }

    const VARIABLE: &str = "[package.metadata.schema]\ndatabase-url = \"env:NO_SUCH_VARIABLE\"\n";

    #[test]
    fn what_is_configured_wins_and_nothing_else_is_looked_at() {
        let configured = "[package.metadata.schema]\ndialect = \"mysql\"\ndatabase-url = \"postgres://x\"\n";
        assert_eq!(chosen(configured, Some("DATABASE_URL=app.db")), (Dialect::Mysql, 0));
        let url = "[package.metadata.schema]\ndatabase-url = \"postgresql+asyncpg://x\"\n";
        assert_eq!(chosen(url, None), (Dialect::Postgres, 0));
        let path = "[package.metadata.schema]\ndatabase-url = \"app.db\"\n";
        assert_eq!(chosen(path, None), (Dialect::Sqlite, 0));
    }

    #[test]
    fn the_one_engine_of_diesel_decides() {
        let one = "[dependencies]\ndiesel = { version = \"2\", features = [\"r2d2\", \"postgres\"] }\n";
        assert_eq!(chosen(one, None), (Dialect::Postgres, 0));
        let two = format!("{VARIABLE}[dependencies]\ndiesel = {{ features = [\"mysql\", \"postgres\"] }}\n");
        assert_eq!(chosen(&two, None), (Dialect::Sqlite, 1));
    }

    #[test]
    fn dotenv_is_read_and_watched_when_nothing_else_says_it() {
        let dotenv = "# x\nexport NO_SUCH_VARIABLE=\"postgres://app@db/shop\"\n";
        assert_eq!(chosen(VARIABLE, Some(dotenv)), (Dialect::Postgres, 2));
    }
}
