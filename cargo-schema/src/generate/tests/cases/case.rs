//! A folder of `fixtures/models`: `before.rs` and `after.rs` are models, `before.sql` is what a person added to the
//! history by hand. What an engine has of its own is in a folder with its name: `up.sql` and `down.sql` (of a second
//! migration `up-2.sql` and `down-2.sql`, and so on), or `refused.txt`, and its own `before.rs`, `after.rs` or `before.sql` in place of those of all.

use std::fs;
use std::path::{Path, PathBuf};

use schema_runtime::dialect::Dialect as Engine;

/// One case.
pub(super) struct Case {
    pub(super) name: String,
    folder: PathBuf,
}

/// What came of it on an engine.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Up and down of each migration.
    Written(Vec<(String, String)>),
    /// What `generate` says when it writes nothing.
    Refused(String),
    Nothing,
}

/// What `up.sql` holds where there is nothing to do.
const NOTHING: &str = "-- No changes.\n";

/// As many migrations as one change can take.
const MOST: usize = 6;

/// All of them, by name.
pub(super) fn all() -> Vec<Case> {
    let part = std::env::var("SCHEMA_CASE").unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/models");
    let entries = fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry").path());
    let folders = entries.filter(|path| path.is_dir());
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut cases: Vec<Case> = folders.map(|folder| Case { name: name(&folder), folder }).collect();
    cases.retain(|case| case.name.contains(&part));
    cases.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    cases
}

impl Case {
    /// Whether it is about this engine: `//! Not on MySQL: why` says that it is not.
    pub(super) fn is_for(&self, engine: Engine) -> bool {
        let mark = format!("Not on {}: ", crate::database::connect::product(engine));
        !self.head(engine).any(|line| line.starts_with(&mark))
    }

    /// What it is there for.
    pub(super) fn shows(&self) -> String {
        [Engine::Sqlite, Engine::Postgres, Engine::Mysql]
            .into_iter()
            .find_map(|engine| self.head(engine).next())
            .unwrap_or_default()
    }

    /// The flags that `generate` is given.
    pub(super) fn flags(&self, engine: Engine) -> Vec<String> {
        let flags = self.head(engine).filter_map(|line| line.strip_prefix("generate ").map(str::to_owned));
        flags.flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// Whether rows are expected to be there while it is proven.
    pub(super) fn has_rows(&self, engine: Engine) -> bool {
        !self.head(engine).any(|line| line.starts_with("Without rows: "))
    }

    fn head(&self, engine: Engine) -> impl Iterator<Item = String> + use<> {
        let text = self.input(engine, "after.rs").unwrap_or_default();
        let lines: Vec<String> =
            text.lines().map_while(|line| line.strip_prefix("//! ").map(str::to_owned)).collect();
        lines.into_iter()
    }

    /// A file that says what there is.
    pub(super) fn input(&self, engine: Engine, file: &str) -> Option<String> {
        let own = self.folder.join(engine.name()).join(file);
        fs::read_to_string(own).or_else(|_| fs::read_to_string(self.folder.join(file))).ok()
    }

    /// Compares with what is expected, or makes it so.
    pub(super) fn check(&self, engine: Engine, outcome: &Outcome) -> Result<(), String> {
        let files = outcome.files();
        files.iter().try_for_each(|(file, text)| self.check_file(engine, file, text.as_deref()))
    }

    fn check_file(&self, engine: Engine, file: &str, text: Option<&str>) -> Result<(), String> {
        let path = self.folder.join(engine.name()).join(file);
        if std::env::var_os("BLESS").is_some() {
            match text {
                Some(text) => {
                    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                    fs::write(&path, text).expect("written");
                }
                None => drop(fs::remove_file(&path)),
            }
        }
        let expected = fs::read_to_string(&path).ok();
        if expected.as_deref() == text {
            return Ok(());
        }
        let shown = |text: Option<&str>| text.map_or("(no such file)\n".to_owned(), str::to_owned);
        Err(format!("{file} is not\n{}but\n{}", shown(expected.as_deref()), shown(text)))
    }
}

impl Outcome {
    fn files(&self) -> Vec<(String, Option<String>)> {
        let migrations = match self {
            Self::Written(migrations) => migrations.as_slice(),
            Self::Refused(_) | Self::Nothing => &[],
        };
        let mut files = Vec::new();
        for number in 1..=MOST {
            let suffix = if number == 1 { String::new() } else { format!("-{number}") };
            let (up, down) = migrations.get(number - 1).cloned().unzip();
            let up = up.or_else(|| (number == 1 && *self == Self::Nothing).then(|| NOTHING.to_owned()));
            files.extend([(format!("up{suffix}.sql"), up), (format!("down{suffix}.sql"), down)]);
        }
        let refused = match self {
            Self::Refused(text) => Some(text.clone()),
            Self::Written(_) | Self::Nothing => None,
        };
        files.push(("refused.txt".to_owned(), refused));
        files
    }
}
