//! The safety family: every statement of the history, in the order in which it runs, before the eyes of every rule
//! for its engine, with what is there when it runs. No database is asked.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use schema_build::config::{Config, Level};
use schema_build::finding::{self, Excerpt, Finding, Place, Severity};
use schema_runtime::dialect::Dialect;
use schema_runtime::nearest;
use schema_runtime::revision::{Mode, Revision, Script};

use super::allow::{self, Allow};
use super::catalogue::{Catalogue, Era};
use super::nesting;
use super::rule::{self, Edit, Hit, Rule, Site, Ways};
use super::rules;
use super::sql::{self, Placed, Reading};

/// What is known besides the history itself.
#[derive(Debug, Default)]
pub(crate) struct Scope<'f> {
    /// Which revisions are released, by position; `None`: nobody knows.
    pub(crate) released: Option<Vec<bool>>,
    /// How many revisions, from the first one on, nobody asks about any more.
    pub(crate) settled: usize,
    /// What is wrong with the files. Of a broken one nothing more is said: it would be about the same.
    pub(crate) findings: &'f [Finding],
}

/// What the family found.
#[derive(Debug, Default)]
pub(crate) struct Safety {
    /// Findings, with the levels of the configuration.
    pub(crate) findings: Vec<Finding>,
    /// Changes that are certain to mend one of them.
    pub(crate) fixes: Vec<Fix>,
    /// How many tables the history makes.
    pub(crate) tables: usize,
}

/// A change of a file.
#[derive(Debug)]
pub(crate) struct Fix {
    /// The file.
    pub(crate) path: PathBuf,
    /// What changes.
    pub(crate) edit: Edit,
}

/// Looks at a whole history, in its running order where it has one. Parsers call themselves for what is nested, so they
/// get a stack that is large enough for all that [`nesting`] lets pass.
pub(crate) fn check(config: &Config, revisions: &[Revision], dialect: Dialect, scope: &Scope<'_>) -> Safety {
    let look = || look(config, revisions, dialect, scope);
    thread::scope(|threads| {
        let started = thread::Builder::new().stack_size(nesting::STACK).spawn_scoped(threads, look);
        match started.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(safety)) => safety,
            Ok(Err(panic)) => resume_unwind(panic),
            // A system without room for a thread: statements of a reasonable depth need none.
            Err(_) => look(),
        }
    })
}

fn look(config: &Config, revisions: &[Revision], dialect: Dialect, scope: &Scope<'_>) -> Safety {
    let rules = rules::of(dialect);
    let mut walk = Walk { config, dialect, scope, rules, safety: Safety::default() };
    let mut catalogue = Catalogue::new(dialect);
    let (mut ids, mut versions) = (BTreeSet::new(), BTreeSet::new());
    for (era, revision) in revisions.iter().enumerate() {
        // Of two that claim one place in a broken history only one will stay.
        if ids.insert(&revision.id) & versions.insert(&revision.version) {
            walk.revision(revision, era, &mut catalogue);
        }
    }
    walk.safety.tables = catalogue.tables().count();
    walk.safety
}

struct Walk<'a> {
    config: &'a Config,
    dialect: Dialect,
    scope: &'a Scope<'a>,
    rules: Vec<&'static Rule>,
    safety: Safety,
}

/// A script that is being looked at, and what was found in it so far.
struct Page<'s> {
    path: PathBuf,
    script: &'s Script,
    allows: Vec<Allow>,
    /// Whether anybody wants to know.
    is_shown: bool,
    /// Whether a statement could not be read.
    has_unread: bool,
    /// Where lines end, once anything was found.
    newlines: OnceCell<Vec<usize>>,
}

impl Page<'_> {
    /// The line in which a byte stands.
    fn line(&self, byte: usize) -> usize {
        let newlines = || self.script.text.match_indices('\n').map(|(at, _)| at).collect();
        self.newlines.get_or_init(newlines).partition_point(|newline| *newline < byte) + 1
    }
}

impl Walk<'_> {
    fn revision(&mut self, revision: &Revision, era: Era, catalogue: &mut Catalogue) {
        let is_released = |released: &Vec<bool>| released.get(era).copied().unwrap_or(false);
        let is_shown = era >= self.scope.settled && !self.scope.released.as_ref().is_some_and(is_released);
        let folder = self.config.migrations.join(&*revision.folder);
        *catalogue = self.script(&folder.join("up.sql"), &revision.up, era, true, is_shown, catalogue);
        if let Some(down) = revision.down.as_ref().filter(|_| is_shown) {
            self.script(&folder.join("down.sql"), down, era, false, is_shown, catalogue);
        }
    }

    /// Looks at a script; what is there after it.
    fn script(
        &mut self,
        path: &Path,
        script: &Script,
        era: Era,
        is_up: bool,
        is_shown: bool,
        start: &Catalogue,
    ) -> Catalogue {
        let mut page = Page {
            path: path.to_path_buf(),
            script,
            allows: allow::read(&script.text, &script.statements, self.dialect),
            is_shown,
            has_unread: false,
            newlines: OnceCell::new(),
        };
        let (acts, owners) = self.read(&mut page);
        let view = rule::Script {
            dialect: self.dialect,
            text: &script.text,
            acts: &acts,
            numbering: OnceCell::new(),
            transactions: rule::transactions(&acts),
            start,
            is_transactional: script.mode != Mode::Outside,
            keys_are_off: script.mode == Mode::ForeignKeysOff,
            is_up,
            era,
            is_released: self.scope.released.as_deref(),
        };
        let mut catalogue = start.clone();
        catalogue.begin_script();
        if page.has_unread {
            catalogue.doubt(era);
        }
        for (position, placed) in acts.iter().enumerate() {
            let site = Site {
                act: &placed.act,
                span: &placed.span,
                catalogue: &catalogue,
                script: &view,
                position,
                is_inner: is_inner(placed, script, owners[position], self.dialect),
            };
            if is_shown {
                self.site(&site, owners[position], &mut page);
            }
            let is_inner = site.is_inner;
            catalogue.apply(&placed.act, era);
            if !is_inner {
                catalogue.note_rows(&placed.act);
            }
        }
        self.leftovers(&page);
        catalogue
    }

    /// The acts of a script, and the statement that each belongs to.
    fn read(&mut self, page: &mut Page<'_>) -> (Vec<Placed>, Vec<usize>) {
        let mut acts = Vec::new();
        let script = page.script;
        for (position, statement) in script.statements.iter().enumerate() {
            let (sql, start) = (script.sql(statement), statement.start as usize);
            if let Some(at) = nesting::too_deep(sql, self.dialect) {
                let span = start + at..start + at + 1;
                self.unreadable(page, position, span, "it is nested too deep, or too long a chain");
                continue;
            }
            match sql::read(sql, start, self.dialect) {
                None => {}
                Some(Reading::Acts(found)) => {
                    acts.extend(found.into_iter().map(|placed| (position, placed)));
                }
                Some(Reading::Unreadable(span, problem)) => self.unreadable(page, position, span, &problem),
            }
        }
        sql::resolved(acts, self.dialect).into_iter().map(|(owner, placed)| (placed, owner)).unzip()
    }

    fn unreadable(&mut self, page: &mut Page<'_>, statement: usize, span: Range<usize>, problem: &str) {
        page.has_unread = true;
        if self.is_cut_wrong(page) {
            return;
        }
        let hit = Hit::new(&span, format!("this statement cannot be read: {}", lower(problem)))
            .note("no rule has looked at it, and what it does is not known to those that look at later statements")
            .help("if the database takes it, say so above it: `-- schema:allow(unreadable-sql) why`");
        self.found(page, statement, UNREADABLE, hit);
    }

    /// A file that could not be cut into statements has a finding that says why.
    fn is_cut_wrong(&self, page: &Page<'_>) -> bool {
        let shown = self.config.shown(&page.path);
        let is_of_page = |finding: &Finding| finding.place.as_ref().is_some_and(|place| place.path == *shown);
        self.scope.findings.iter().any(|finding| finding.rule == "unclosed-sql" && is_of_page(finding))
    }

    fn site(&mut self, site: &Site<'_>, statement: usize, page: &mut Page<'_>) {
        for rule in self.rules.clone() {
            if rule.ways == Ways::Up && !site.script.is_up {
                continue;
            }
            let mut hits = Vec::new();
            (rule.find)(site, &mut hits);
            for hit in hits {
                self.found(page, statement, rule.id, hit);
            }
        }
    }

    fn found(&mut self, page: &mut Page<'_>, statement: usize, id: &'static str, hit: Hit) {
        let is_about = |allow: &&mut Allow| allow.rule == id && allow.statement == Some(statement);
        if let Some(allow) = page.allows.iter_mut().find(is_about) {
            allow.is_used = true;
            return;
        }
        self.report(page, id, hit);
    }

    fn report(&mut self, page: &Page<'_>, id: &'static str, hit: Hit) {
        let severity = match self.level(id) {
            Level::Allow => return,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        if !page.is_shown {
            return;
        }
        let excerpt = Excerpt::in_line(page.line(hit.span.start), &page.script.text, hit.span, "");
        let place = Place { path: self.config.shown(&page.path).into(), excerpt: Some(excerpt) };
        let mut finding = Finding::error(id, hit.message).at_place(place);
        finding.severity = severity;
        let finding = hit.notes.into_iter().fold(finding, Finding::note);
        let finding = hit.help.into_iter().fold(finding, Finding::help);
        let mut finding = finding;
        finding.fix =
            hit.fix.as_ref().map(|edit| finding::Fix { bytes: edit.span.clone(), text: edit.text.clone() });
        self.safety.fixes.extend(hit.fix.map(|edit| Fix { path: page.path.clone(), edit }));
        self.safety.findings.push(finding);
    }

    fn level(&self, id: &str) -> Level {
        let default = || rules::find(id).map_or(Level::Warn, |rule| rule.level);
        self.config.lints.get(id).copied().unwrap_or_else(default)
    }

    /// Comments that say too little, or too much.
    fn leftovers(&mut self, page: &Page<'_>) {
        for allow in &page.allows {
            if !allow.has_reason {
                let hit = Hit::new(&allow.comment, format!("`{}` is allowed without a reason", allow.rule))
                    .help(format!(
                        "say why it is right here: `-- schema:allow({}) the table is empty`",
                        allow.rule
                    ));
                self.report(page, WITHOUT_REASON, hit);
            }
            // Where no reader is, no rule has looked, and nobody knows what an allow is good for.
            if !allow.is_used && sql::read("", 0, self.dialect).is_some() {
                self.report(page, UNUSED, unused(allow, &page.script.text));
            }
        }
    }
}

/// PostgreSQL's DO, whose statements are acts of their own; and whatever holds others on MySQL.
fn is_inner(placed: &Placed, script: &Script, owner: usize, dialect: Dialect) -> bool {
    let statement = &script.statements[owner];
    let is_block = || script.sql(statement).get(..2).is_some_and(|word| word.eq_ignore_ascii_case("do"));
    match dialect {
        Dialect::Mysql => placed.span.start != statement.start as usize,
        _ => is_block(),
    }
}

const UNREADABLE: &str = "unreadable-sql";
const UNUSED: &str = "unused-allow";
const WITHOUT_REASON: &str = "allow-without-reason";

fn unused(allow: &Allow, text: &str) -> Hit {
    let mut hit = Hit::new(&allow.span, format!("`{}` is allowed, and finds nothing here", allow.rule));
    // What a comment says of several rules is for a person to take apart.
    if allow.is_alone {
        hit = hit.fix(whole_lines(text, &allow.comment), "");
    }
    if rules::find(&allow.rule).is_some() {
        return hit.help("remove the comment, or move it right above the statement that it is about");
    }
    match nearest(&allow.rule, rules::all().map(|(_, rule)| rule.id)) {
        Some(nearest) => hit.help(format!("there is no such rule; the nearest is `{nearest}`")),
        None => hit.help("there is no such rule; `cargo schema explain` lists all"),
    }
}

/// A comment, and the line that it stands on where nothing else does.
fn whole_lines(text: &str, comment: &Range<usize>) -> Range<usize> {
    let start = text[..comment.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[comment.end..].find('\n').map_or(text.len(), |newline| comment.end + newline + 1);
    let is_alone = text[start..comment.start].trim().is_empty() && text[comment.end..end].trim().is_empty();
    if is_alone { start..end } else { comment.clone() }
}

/// A message that a parser begins with a capital.
fn lower(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_lowercase().collect::<String>() + characters.as_str())
}
