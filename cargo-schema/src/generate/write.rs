//! From a wish to a migration on disk: everything that can be refused is refused while `New` is prepared, and
//! writing it either happens or does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use schema_build::config::Config;
use schema_build::migrations::name::{self, Moment};
use schema_runtime::history::{History, Node, is_valid_id, is_valid_label};
use schema_runtime::revision::Revision;

use super::draft::{self, Draft};
use super::identity;
use super::migration::Migration;
use super::place::{Naming, Place};
use super::taken::Taken;
use crate::changes;
use crate::dialect::script::Script;
use crate::failure::Failure;

/// What somebody wants a new revision to be; nodes and names are resolved, nothing else is checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish<'a> {
    pub(crate) message: &'a str,
    pub(crate) parents: Vec<Node>,
    pub(crate) depends_on: Vec<Node>,
    pub(crate) labels: &'a [String],
    pub(crate) id: Option<&'a str>,
}

/// A migration that is ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct New {
    pub(crate) draft: Draft,
    pub(crate) place: Place,
    /// The folder-to-be.
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<(&'static str, String)>,
    /// Whether its version sorts after those of its parents and dependencies.
    pub(crate) is_ordered: bool,
}

/// Which scripts a new revision starts from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scripts<'a> {
    /// The folder's templates, or ours.
    Templates,
    /// Those of a merge, which are complete.
    Merge,
    /// Those that a difference has made.
    Written(&'a Migration),
    /// What a database holds that was there before the history.
    Found(&'a Script),
}

/// Why the first revision of a database that was there before cannot be reverted.
const FOUND: &str = "the history begins here, with tables that were there before it";

/// As [`prepare`] for migrations that a difference has made, each behind the one before. The wish is about the first.
pub(crate) fn prepare_all(
    config: &Config,
    history: &History,
    wish: &Wish<'_>,
    migrations: &[Migration],
) -> Result<Vec<New>, Failure> {
    let [only] = migrations else { return prepare_several(config, history, wish, migrations) };
    Ok(vec![prepare(config, history, wish, Scripts::Written(only))?])
}

fn prepare_several(
    config: &Config,
    history: &History,
    wish: &Wish<'_>,
    migrations: &[Migration],
) -> Result<Vec<New>, Failure> {
    let mut all: Vec<New> = Vec::new();
    let mut history = history.clone();
    for migration in migrations {
        let message = migration.share.message(wish.message);
        let wish = match all.last() {
            None => Wish { message: &message, ..wish.clone() },
            Some(before) => {
                let parents = history.node(&before.draft.id).into_iter().collect();
                Wish { message: &message, parents, ..Wish::default() }
            }
        };
        let new = prepare(config, &history, &wish, Scripts::Written(migration))?;
        let revisions = history.revisions().iter().cloned().chain([new.revision()]).collect();
        history = History::new(revisions).expect("a revision with a fresh id behind others is no defect");
        all.push(new);
    }
    Ok(all)
}

/// Writes the folders, and other files that go with them: all of it or nothing.
pub(crate) fn write_all(all: &[New], others: &[(PathBuf, String)]) -> Result<(), Failure> {
    changes::all_or_nothing(|changes| {
        all.iter().try_for_each(|new| changes.place_folder(&new.path, &new.files))?;
        others.iter().try_for_each(|(path, text)| changes.write(path, text))
    })
}

/// Checks a wish and works out names and texts. Writes nothing.
pub(crate) fn prepare(
    config: &Config,
    history: &History,
    wish: &Wish<'_>,
    scripts: Scripts<'_>,
) -> Result<New, Failure> {
    let message = name::one_line(wish.message);
    if message.is_empty() {
        return Err(Failure::usage("the message is empty").help("say in a few words what the revision does"));
    }
    refuse_labels(history, wish.labels)?;
    let id = id(history, wish.id)?;
    let taken = Taken::of(config, history)?;
    let before = requirements(history, wish);
    let place = Naming { template: &config.name, now: now(), taken: &taken }.place(&id, &message, &before);
    taken.refuse(&place)?;
    let ids = |nodes: &[Node]| nodes.iter().map(|&node| history.revision(node).id.to_string()).collect();
    let draft = Draft {
        id,
        message,
        parents: ids(&wish.parents),
        depends_on: ids(&wish.depends_on),
        labels: wish.labels.to_vec(),
        created: Moment::from_epoch(now()).to_string(),
        irreversible: matches!(scripts, Scripts::Found(_)).then_some(FOUND),
        rebuilds: matches!(scripts, Scripts::Written(migration) if migration.needs_foreign_keys_off()),
        is_outside: matches!(scripts, Scripts::Written(migration) if migration.share.is_outside()),
    };
    Ok(New {
        is_ordered: before.iter().all(|version| place.version.as_str() > *version),
        path: config.migrations.join(&place.folder),
        files: files(config, &draft, scripts)?,
        draft,
        place,
    })
}

impl New {
    /// Writes the folder and other files that go with it.
    pub(crate) fn write(&self, others: &[(PathBuf, String)]) -> Result<(), Failure> {
        write_all(std::slice::from_ref(self), others)
    }

    /// The revision-to-be, as far as the history asks where it is.
    fn revision(&self) -> Revision {
        let texts = |texts: &[String]| texts.iter().map(|text| text.clone().into()).collect();
        Revision {
            id: self.draft.id.clone().into(),
            version: self.place.version.clone().into(),
            folder: self.place.folder.clone().into(),
            message: self.draft.message.clone().into(),
            created: None,
            parents: texts(&self.draft.parents),
            depends_on: texts(&self.draft.depends_on),
            labels: texts(&self.draft.labels),
            irreversible: None,
            up: Default::default(),
            down: None,
        }
    }
}

/// Seconds since 1970, as the clock says.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

fn id(history: &History, wished: Option<&str>) -> Result<String, Failure> {
    let Some(id) = wished else {
        let is_taken = |id: &str| history.node(id).is_some() || history.labelled(id).is_some();
        return Ok(identity::random_id(is_taken));
    };
    if !is_valid_id(id) {
        return Err(Failure::usage(format!("`{id}` cannot be a revision's id"))
            .note("an id is 1 to 40 letters, digits and `_`, and not `base`, `current`, `head` or `heads`")
            .note("nothing was written"));
    }
    if let Some(node) = history.node(id) {
        return Err(Failure::usage(format!("there is a revision `{id}` already"))
            .note(format!("`{}`", history.revision(node).folder))
            .note("nothing was written"));
    }
    match history.labelled(id) {
        Some(node) => Err(Failure::usage(format!("`{id}` is a label already"))
            .note(format!("of `{}`", history.revision(node).title()))
            .note("nothing was written")),
        None => Ok(id.to_owned()),
    }
}

fn refuse_labels(history: &History, labels: &[String]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for label in labels {
        let problem = if !is_valid_label(label) {
            "is none: a label is 1 to 40 letters, digits, `_`, `-`, `.` and `/`, and not `base`, `current`, `head` or `heads`"
                .to_owned()
        } else if let Some(node) = history.labelled(label) {
            format!("is on `{}` already", history.revision(node).title())
        } else if history.node(label).is_some() {
            "is the id of a revision".to_owned()
        } else if !seen.insert(label) {
            "is given twice".to_owned()
        } else {
            continue;
        };
        return Err(Failure::usage(format!("the label `{label}` {problem}")).note("nothing was written"));
    }
    Ok(())
}

/// The versions of what must run before.
fn requirements<'h>(history: &'h History, wish: &Wish<'_>) -> Vec<&'h str> {
    wish.parents.iter().chain(&wish.depends_on).map(|&node| history.revision(node).version.as_ref()).collect()
}

fn files(
    config: &Config,
    draft: &Draft,
    scripts: Scripts<'_>,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let (up, down) = match scripts {
        Scripts::Merge => (draft::MERGE_UP.to_owned(), draft::MERGE_DOWN.to_owned()),
        Scripts::Found(_) => (draft::UP.to_owned(), draft::NO_WAY_BACK.to_owned()),
        Scripts::Templates | Scripts::Written(_) => (
            template(config, "up.sql")?.unwrap_or_else(|| draft::UP.to_owned()),
            template(config, "down.sql")?.unwrap_or_else(|| draft::DOWN.to_owned()),
        ),
    };
    let (mut up, mut down) = (draft.script(&up), draft.script(&down));
    match scripts {
        Scripts::Written(migration) => {
            up.push_str(&migration.up.text());
            down.push_str(&migration.down.text());
        }
        Scripts::Found(script) => up.push_str(&script.text()),
        Scripts::Templates | Scripts::Merge => {}
    }
    Ok(vec![("up.sql", up), ("down.sql", down), ("metadata.toml", draft.metadata())])
}

fn template(config: &Config, name: &str) -> Result<Option<String>, Failure> {
    let path = config.migrations.join("templates").join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("could not read", &path, &error)),
    }
}
