//! Models of a case as a crate on disk: in one file, or each in a module of its own, in another order.

use std::fs;
use std::path::Path;

use schema_build::config::Config;
use schema_build::finding::{Finding, Heading};
use schema_build::models::{self, Models};
use schema_runtime::dialect::Dialect as Engine;

/// How the models of a case are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    OneFile,
    /// The last item first, each in a file of its own, of which every other lies in a folder.
    Apart,
}

/// Reads models, or says what is wrong with them.
pub(super) fn read(text: &str, engine: Engine, layout: Layout) -> Result<Models, String> {
    let home = tempfile::tempdir().expect("a folder");
    let root = fs::canonicalize(home.path()).expect("a folder");
    write(&root, text, engine, layout);
    let (config, _) = Config::load(&root, None).expect("a configuration");
    let models = models::read(&config, engine);
    if models.findings.iter().any(Finding::is_error) {
        return Err(pictures(&models.findings).replace(&format!("{}/", root.display()), ""));
    }
    Ok(models)
}

/// Findings as a person sees them.
pub(super) fn pictures(findings: &[Finding]) -> String {
    let lines = findings.iter().flat_map(|finding| finding.plain_lines(Heading::Severity));
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

fn write(root: &Path, text: &str, engine: Engine, layout: Layout) {
    fs::create_dir_all(root.join("src/inner")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[package.metadata.schema]\ndialect = \"{}\"\n",
        engine.name()
    );
    fs::write(root.join("Cargo.toml"), manifest).expect("written");
    let lib = match layout {
        Layout::OneFile => {
            fs::write(root.join("src/models.rs"), text).expect("written");
            "mod models;\n".to_owned()
        }
        Layout::Apart => apart(root, text),
    };
    fs::write(root.join("src/lib.rs"), lib).expect("written");
}

fn apart(root: &Path, text: &str) -> String {
    let (mut lib, mut inner) = (String::from("mod inner;\n"), String::new());
    for (number, item) in items(text).into_iter().enumerate().rev() {
        let folder = if number % 2 == 0 { "src" } else { "src/inner" };
        let list = if number % 2 == 0 { &mut lib } else { &mut inner };
        list.push_str(&format!("mod part_{number};\n"));
        fs::write(root.join(folder).join(format!("part_{number}.rs")), item).expect("written");
    }
    fs::write(root.join("src/inner/mod.rs"), inner).expect("written");
    lib
}

/// Items stand apart by an empty line.
fn items(text: &str) -> Vec<&str> {
    let items = text.split("\n\n").map(str::trim);
    items.filter(|item| !item.is_empty() && !item.lines().all(|line| line.starts_with("//!"))).collect()
}
