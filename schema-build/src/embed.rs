//! The build script's whole work: validate, tell cargo what was found and what to watch, write the blob and the
//! module that `schema_runtime::embedded!` includes. `generated` says what is written, `dialect` which SQL it is, `models` whether the
//! models are ahead of it.

mod dialect;
mod generated;
#[cfg(feature = "models")]
mod models;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use self::generated::Generated;
use crate::config::Config;
use crate::finding::{Finding, Heading, Severity};
use crate::migrations::cache::Store;
use crate::validate::validate_cached;

/// Validates the package's migrations and embeds them; a broken history fails the build with all its findings.
///
/// For a build script's `main`. The application takes the history in with `schema_runtime::embedded!()`.
pub fn embed() {
    run(None);
}

/// Like [`embed()`] for the package's second database `name`, as configured in
/// `[package.metadata.schema.target.NAME]`; the application takes it in with `schema_runtime::embedded!("NAME")`.
pub fn embed_target(name: &str) {
    run(Some(name));
}

#[expect(clippy::print_stdout, reason = "what a build script prints is how it speaks to Cargo")]
fn run(target: Option<&str>) {
    let directives = match (env::var_os("CARGO_MANIFEST_DIR"), env::var_os("OUT_DIR")) {
        (Some(root), Some(out)) => embed_into(Path::new(&root), Path::new(&out), target),
        _ => vec![error("`schema_build::embed` works in a build script, which Cargo runs")],
    };
    directives.iter().for_each(|directive| println!("{directive}"));
}

/// Does the work, and returns what Cargo is to be told.
pub(crate) fn embed_into(root: &Path, out: &Path, target: Option<&str>) -> Vec<String> {
    let (config, mut findings) = match Config::load(root, target) {
        Ok(loaded) => loaded,
        // A failed script is run again anyway, so there is nothing to watch.
        Err(findings) => return reported(&findings),
    };
    let (dialect, mut directives) = dialect::choose(&config);
    directives.extend(watched(&config));
    let files = Generated::new(out, target);
    let store = Store::new(files.blob(), &config, dialect);
    let (validated, learnt) = validate_cached(&config, dialect, &store.load());
    findings.extend(validated.findings);
    #[cfg(feature = "models")]
    directives.extend(models::compare(&config, dialect, &mut findings));
    directives.extend(reported(&findings));
    if let Some(history) = validated.history.filter(|_| !findings.iter().any(Finding::is_error)) {
        store.forget();
        match files.write(&config, &history, dialect) {
            Ok(()) => store.remember(&learnt),
            Err(failure) => directives.push(error(&failure)),
        }
    }
    directives
}

/// Cargo looks into the whole folder: new, edited and deleted files are all seen. A path that does not exist
/// would make it run the script every time.
fn watched(config: &Config) -> impl Iterator<Item = String> {
    let paths = config.files.iter().chain([&config.migrations]).filter(|path| path.exists());
    paths.map(|path| watch(path))
}

fn watch(path: &Path) -> String {
    format!("cargo::rerun-if-changed={}", path.display())
}

/// How many warnings of one rule are shown: they come again with every build.
const WARNINGS: usize = 5;

/// One directive for each line of each finding: Cargo drops what follows a line ending.
fn reported(findings: &[Finding]) -> Vec<String> {
    let mut warnings: BTreeMap<&str, usize> = BTreeMap::new();
    let mut directives = Vec::new();
    for finding in findings {
        let count = warnings.entry(finding.rule).or_default();
        *count += usize::from(finding.severity == Severity::Warning);
        if *count <= WARNINGS {
            let lines = finding.plain_lines(Heading::Bare);
            directives.extend(lines.iter().map(|line| format!("cargo::{}={line}", finding.severity.name())));
        }
    }
    for (rule, count) in warnings.into_iter().filter(|(_, count)| *count > WARNINGS) {
        let more = count - WARNINGS;
        directives
            .push(format!("cargo::warning=and {more} more of `{rule}`; `cargo schema check` shows them all"));
    }
    directives
}

fn error(message: &str) -> String {
    format!("cargo::error={}", crate::finding::printable(message))
}
