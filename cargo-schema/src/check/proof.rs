//! The proof family: every revision really runs on a scratch database, up, down and up again, with rows in the tables.
//! The history is replayed once; only after a revision whose way back is not one is it replayed up to there again.
//! Where an engine takes changes of a schema back, a revision is rehearsed in a transaction first: what goes well there
//! needs no second look, and nothing is to be replayed after a way back that leaves something behind. What fails there
//! is tried once more as it will be run, for nobody commits inside a transaction.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use schema_build::config::Unmodelled;
use schema_build::finding::{Excerpt, Finding, Place};
use schema_build::lockfile::{self, FILE_NAME, LockFile};
use schema_build::rule;
use schema_build::schema::Schema;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::history::{History, Node};
use schema_runtime::revision::{Mode, Revision, Script};

use crate::database::replay::replay;
use crate::database::scratch::{Error, Site, unusable};
use crate::dialect::{Dialect, on_dialect};
use crate::difference::{Answers, difference};
use crate::failure::Failure;
use crate::generate::prove::unequal;
use crate::render::difference::detected;

/// Rows in every table.
const ROWS: usize = 3;

/// After so many replays nothing new is to be learnt from another one.
const REPLAYS: usize = 60;

/// Lines of a difference that are shown.
const LINES: usize = 8;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Proved {
    pub(crate) findings: Vec<Finding>,
    /// How many revisions were not run, because they, or what they build on, are broken.
    pub(crate) broken: usize,
}

/// Runs it all. That there is no scratch database is an error, everything else a finding.
pub(crate) fn check(
    site: Site<'_>,
    engine: Engine,
    history: &History,
    known: &Known<'_>,
) -> Result<Proved, Failure> {
    on_dialect!(engine, dialect => walk(dialect, site, history, known))
}

/// What was found out before.
pub(crate) struct Known<'a> {
    /// The lock file, where there is one.
    pub(crate) lock: Option<&'a LockFile>,
    /// What is wrong with the files.
    pub(crate) findings: &'a [Finding],
}

impl Known<'_> {
    /// Which revisions can be run: neither they nor their ancestors have defects in their files.
    fn sound(&self, site: Site<'_>, history: &History) -> Vec<bool> {
        let defects = self.findings.iter().filter(|finding| is_defect(finding));
        let broken: Vec<&Path> =
            defects.filter_map(|finding| finding.place.as_ref()).map(|place| &*place.path).collect();
        let config = &site.project.config;
        let mut sound: Vec<bool> = Vec::with_capacity(history.len());
        for node in 0..history.len() {
            let folder = config.migrations.join(&*history.revision(node).folder);
            let has_defect = broken.iter().any(|path| path.starts_with(config.shown(&folder)));
            sound.push(!has_defect && history.requirements(node).all(|before| sound[before]));
        }
        sound
    }
}

/// Whether something keeps the history from being used.
pub(crate) fn is_defect(finding: &Finding) -> bool {
    rule::rule(finding.rule).is_some_and(|rule| !rule.is_configurable())
}

fn walk<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    history: &History,
    known: &Known<'_>,
) -> Result<Proved, Failure> {
    let sound = known.sound(site, history);
    let broken = sound.iter().filter(|is_sound| !**is_sound).count();
    let findings = run(dialect, site, history, known, sound)?;
    Ok(Proved { findings, broken })
}

fn run<D: Dialect>(
    dialect: &D,
    site: Site<'_>,
    history: &History,
    known: &Known<'_>,
    sound: Vec<bool>,
) -> Result<Vec<Finding>, Failure> {
    let database = replay(dialect, site, history, &[])?;
    let mut proof = Proof {
        dialect,
        site,
        history,
        sound,
        database,
        picture: Rc::default(),
        edition: None,
        replays: 0,
        findings: Vec::new(),
    };
    proof.look()?;
    for node in (0..history.len()).filter(|&node| proof.sound[node]).collect::<Vec<_>>() {
        if proof.replays > REPLAYS {
            site.context
                .shell
                .attention("Unproven", format_args!("what follows {}", history.revision(node).title()));
            return Ok(proof.findings);
        }
        if !proof.revision(node)? {
            return Ok(proof.findings);
        }
    }
    if let Some(lock) = known.lock.filter(|_| proof.sound.iter().all(|is_sound| *is_sound)) {
        let stale = proof.stale(lock)?;
        proof.findings.extend(stale);
    }
    Ok(proof.findings)
}

struct Proof<'a, D: Dialect> {
    dialect: &'a D,
    site: Site<'a>,
    history: &'a History,
    /// Which revisions are run.
    sound: Vec<bool>,
    database: D::Database,
    /// What the database holds.
    picture: Rc<[String]>,
    /// The number of what it holds, where the engine has one and nothing went past it.
    edition: Option<u64>,
    replays: usize,
    findings: Vec<Finding>,
}

/// What a rehearsal has shown.
enum Rehearsal {
    /// All of it runs, and this differs after the way back.
    Seen(Vec<String>),
    /// Something failed, or the engine cannot rehearse.
    Unsure,
    /// A script has ended the transaction, and what was there could not be made anew.
    Stuck,
}

impl<D: Dialect> Proof<'_, D> {
    /// Takes a picture, unless the last one still is one.
    fn look(&mut self) -> Result<(), Failure> {
        let edition = self.dialect.edition(&mut self.database).map_err(unusable)?;
        if edition.is_none() || edition != self.edition {
            self.picture = self.dialect.picture(&mut self.database).map_err(unusable)?.into();
            self.edition = edition;
        }
        Ok(())
    }

    /// Takes one revision up, down and up again. `false`: it does not run, and nothing after it can.
    fn revision(&mut self, node: Node) -> Result<bool, Failure> {
        let revision = self.history.revision(node);
        let before = Rc::clone(&self.picture);
        // Against our rows: as the engine does it, on empty tables.
        let has_run = self.run(&revision.up).is_ok();
        if !has_run && !self.replay_to(node)? {
            return Ok(false);
        }
        self.look()?;
        let after = Rc::clone(&self.picture);
        if let Some(down) = revision.down.as_ref().filter(|down| can_be_tried(revision, down)) {
            match self.rehearsed(node, down, &before)? {
                Rehearsal::Seen(lines) if lines.is_empty() => {}
                Rehearsal::Seen(lines) => self.findings.push(self.inexact_down(revision, &lines)),
                Rehearsal::Unsure => self.round_trip(node, down, (&before, &after))?,
                Rehearsal::Stuck => return Ok(false),
            }
        }
        // A table that takes no rows stays empty.
        let _ = self.dialect.populate(&mut self.database, &before, &after, ROWS);
        Ok(true)
    }

    /// Down and up again in a transaction that is taken back.
    fn rehearsed(&mut self, node: Node, down: &Script, before: &[String]) -> Result<Rehearsal, Failure> {
        if !self.dialect.begin_rehearsal(&mut self.database).map_err(unusable)? {
            return Ok(Rehearsal::Unsure);
        }
        let lines = self.there_and_back(down, &self.history.revision(node).up, before);
        let is_back = self.dialect.end_rehearsal(&mut self.database).map_err(unusable)?;
        if !is_back && !self.replay_to(node)? {
            return Ok(Rehearsal::Stuck);
        }
        Ok(lines.ok().filter(|_| is_back).map_or(Rehearsal::Unsure, Rehearsal::Seen))
    }

    /// What differs after the way back, with the way up behind it.
    fn there_and_back(
        &mut self,
        down: &Script,
        up: &Script,
        before: &[String],
    ) -> Result<Vec<String>, Error> {
        self.run(down)?;
        let back = self.dialect.picture(&mut self.database)?;
        let lines = self.dialect.unequal(before, &back);
        // Over what is left behind nothing goes up again, and that is said already.
        if lines.is_empty() { self.run(up).map(|()| lines) } else { Ok(lines) }
    }

    fn run(&mut self, script: &Script) -> Result<(), Error> {
        if script.is_empty() {
            return Ok(());
        }
        if self.dialect.edits_catalogue(&script.text) {
            self.edition = None;
        }
        if script.mode == Mode::Outside {
            let mut statements = script.statements.iter().map(|statement| script.sql(statement));
            let ran = statements.try_for_each(|sql| self.dialect.run_alone(&mut self.database, sql));
            // Without a transaction around it, what it has set is not taken back by anything.
            return ran.and(self.dialect.settle(&mut self.database));
        }
        self.dialect.run(&mut self.database, &script.text, script.mode == Mode::ForeignKeysOff)
    }

    fn round_trip(
        &mut self,
        node: Node,
        down: &Script,
        (before, after): (&[String], &[String]),
    ) -> Result<(), Failure> {
        let revision = self.history.revision(node);
        if let Err(error) = self.run(down) {
            let finding = self.failing_down(revision, down, &error);
            self.findings.push(finding);
            return self.replay_to(node).map(drop);
        }
        let back = self.dialect.picture(&mut self.database).map_err(unusable)?;
        let lines = self.dialect.unequal(before, &back);
        if !lines.is_empty() {
            self.findings.push(self.inexact_down(revision, &lines));
            return self.replay_to(node).map(drop);
        }
        if let Err(error) = self.run(&revision.up) {
            self.findings.push(self.failing_redo(revision, &error));
            return self.replay_to(node).map(drop);
        }
        self.look()?;
        if *self.picture != *after && !self.dialect.unequal(after, &self.picture).is_empty() {
            return self.replay_to(node).map(drop);
        }
        Ok(())
    }

    /// A new database that everything up to this revision has run on, without rows. `false`: it does not run.
    fn replay_to(&mut self, node: Node) -> Result<bool, Failure> {
        self.replays += 1;
        let runs = |node: Node, limit: Node| self.sound[node] && node <= limit;
        let is_last = |&other: &Node| {
            runs(other, node) && !self.history.children(other).iter().any(|&child| runs(child, node))
        };
        let nodes: Vec<Node> = (0..=node).filter(is_last).collect();
        match replay(self.dialect, self.site, self.history, &nodes) {
            Ok(database) => {
                self.database = database;
                self.edition = None;
                self.look()?;
                Ok(true)
            }
            Err(failure) => {
                let findings = failure.findings.into_iter().map(|finding| self.failing_up(finding));
                let findings: Vec<Finding> = findings.collect();
                self.findings.extend(findings);
                Ok(false)
            }
        }
    }

    fn path(&self, revision: &Revision, file: &str) -> PathBuf {
        let config = &self.site.project.config;
        config.shown(&config.migrations.join(&*revision.folder).join(file)).to_path_buf()
    }

    /// The replay's own picture of it.
    fn failing_up(&self, finding: Finding) -> Finding {
        let config = &self.site.project.config;
        let place = finding.place.map(|place| {
            let path = std::path::absolute(&place.path).unwrap_or(place.path);
            Place { path: config.shown(&path).to_path_buf(), ..place }
        });
        Finding { rule: "failing-up", place, ..finding }.note("no revision after it was tried")
    }

    /// At the statement that fails, which is found by running one after the other.
    fn failing_down(&mut self, revision: &Revision, down: &Script, error: &Error) -> Finding {
        let is_off = down.mode == Mode::ForeignKeysOff;
        let failing = down
            .statements
            .iter()
            .find(|statement| self.dialect.run(&mut self.database, down.sql(statement), is_off).is_err());
        let excerpt = failing.map(|statement| {
            let bytes = statement.start as usize..statement.end as usize;
            Excerpt::at(&down.text, bytes, error.message.clone())
        });
        let message = format!("could not revert revision {}", named(revision));
        let place = Place { path: self.path(revision, "down.sql"), excerpt };
        let finding = Finding::error("failing-down", message).at_place(place);
        let finding = if failing.is_none() { finding.note(&error.message) } else { finding };
        finding
            .note("on a scratch database, with rows in the tables")
            .help("make down.sql undo what up.sql does")
    }

    fn inexact_down(&self, revision: &Revision, lines: &[String]) -> Finding {
        let message =
            format!("the way down of revision {} does not give back what was there", named(revision));
        let finding = Finding::warning("inexact-down", message).in_file(self.path(revision, "down.sql"));
        with_lines(finding, lines).note("`-` is gone for good, `+` is left behind").help(
            "make down.sql undo what up.sql does, or say in metadata.toml why it cannot: `irreversible = \"why\"`",
        )
    }

    fn failing_redo(&self, revision: &Revision, error: &Error) -> Finding {
        let message = format!("revision {} does not run again after it was reverted", named(revision));
        Finding::warning("failing-redo", message)
            .in_file(self.path(revision, "up.sql"))
            .note(&error.message)
            .help("make down.sql take back the rows that up.sql writes")
    }

    /// Whether the lock file has another schema than the whole history leads to. That it has other revisions is
    /// said already, and explains another schema.
    fn stale(&mut self, lock: &LockFile) -> Result<Option<Finding>, Failure> {
        let is_of_this_history = lock.outside.is_empty() && lock.compare(self.history.revisions()).is_empty();
        let Some(remembered) = lock.schema.as_ref().filter(|_| is_of_this_history) else {
            return Ok(None);
        };
        let catalogue = self.dialect.introspect(&mut self.database).map_err(unusable)?;
        if !lock.unproven.is_empty() {
            return self.foreseen(remembered, &self.dialect.schema(&catalogue));
        }
        let lines = |schema| {
            let text = lockfile::print("schema", schema);
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let differing = unequal(&lines(remembered), &lines(&self.dialect.schema(&catalogue)));
        if differing.is_empty() {
            return Ok(None);
        }
        let config = &self.site.project.config;
        let finding =
            Finding::error("stale-schema", "`schema.lock` has another schema than the history leads to")
                .in_file(config.shown(&config.migrations.join(FILE_NAME)));
        Ok(Some(with_lines(finding, &differing).help("run `cargo schema lock`, and commit the file")))
    }

    /// A schema that was worked out without a database is in people's words: it is right where nothing would have to
    /// change.
    fn foreseen(&mut self, remembered: &Schema, current: &Schema) -> Result<Option<Finding>, Failure> {
        let mut foreseen = remembered.clone();
        self.dialect.spell(&mut self.database, &mut foreseen, current).map_err(unusable)?;
        let answers = Answers { unmodelled: Some(Unmodelled::Drop), ..Answers::default() };
        let found = difference(self.dialect, &foreseen, current, &answers);
        if found.operations.is_empty() {
            return Ok(None);
        }
        let config = &self.site.project.config;
        let message = "the revisions that were generated without a database do not lead to what was foreseen";
        let lines: Vec<String> = found.operations.iter().map(detected).collect();
        let finding =
            Finding::error("stale-schema", message).in_file(config.shown(&config.migrations.join(FILE_NAME)));
        let finding = with_lines(finding, &lines).note("this would be left to do");
        Ok(Some(finding.help("change up.sql, then run `cargo schema lock --accept` for it, and commit both")))
    }
}

/// Whether there is a way back that claims to be one. What is missing is another rule's business.
fn can_be_tried(revision: &Revision, down: &Script) -> bool {
    let runs_inside = down.mode != Mode::Outside && revision.up.mode != Mode::Outside;
    revision.irreversible.is_none() && !down.is_empty() && runs_inside
}

fn with_lines(finding: Finding, lines: &[String]) -> Finding {
    let rest = lines.len().saturating_sub(LINES);
    let finding = lines.iter().take(LINES).fold(finding, Finding::note);
    if rest > 0 { finding.note(format!("and {rest} more")) } else { finding }
}

/// `` `4f1c2a9b7d03` create users ``
fn named(revision: &Revision) -> String {
    format!("`{}` {}", revision.id, revision.message).trim_end().to_owned()
}

/// What was generated without a database and never ran on one, where this run does not make up for it.
pub(crate) fn unproven(site: Site<'_>, history: &History, lock: &LockFile) -> Vec<Finding> {
    let nodes = lock.unproven.iter().filter_map(|id| history.node(id));
    let config = &site.project.config;
    nodes
        .map(|node| {
            let revision = history.revision(node);
            let message = format!("revision {} never ran on a database", named(revision));
            Finding::warning("unproven", message)
                .in_file(config.shown(&config.migrations.join(&*revision.folder).join("up.sql")))
                .help("`cargo schema check --proof` tries it where there is a database, `cargo schema lock` remembers that it runs")
        })
        .collect()
}
