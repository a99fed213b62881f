//! Every rule by its id, with what it does unless configured otherwise. One table for the build script, for `check`
//! and for the names that configuration accepts; the code that finds things lives with what it looks at.

use std::collections::BTreeMap;

use crate::config::Level;
use crate::finding::{Finding, Severity};

/// Something that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab case, as in configuration and between brackets in output.
    pub id: &'static str,
    /// What it is about.
    pub family: Family,
    /// What it does by default for each purpose.
    pub levels: Levels,
    /// What it finds, in one line.
    pub about: &'static str,
}

/// What rules are about; `check` runs and leaves out whole families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// The graph and the files of the revisions.
    History,
    /// What schema.lock, or a released commit, remembers of them.
    Integrity,
    /// Cargo.toml and diesel.toml.
    Configuration,
    /// The models, and whether they say what the history does.
    Models,
    /// What happens when the revisions really run, up and down.
    Proof,
    /// What SQL does to a database that is in use.
    Safety,
    /// A live database beside the history.
    Database,
}

impl Family {
    /// All of them, in the order of a check.
    pub const ALL: [Self; 7] = [
        Self::History,
        Self::Integrity,
        Self::Configuration,
        Self::Models,
        Self::Proof,
        Self::Safety,
        Self::Database,
    ];

    /// The word for it, in documents and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Integrity => "integrity",
            Self::Configuration => "configuration",
            Self::Models => "models",
            Self::Proof => "proof",
            Self::Safety => "safety",
            Self::Database => "database",
        }
    }
}

/// What a finding of a rule does, by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// A defect: it stops the build, the check and everything that runs, and cannot be configured.
    Defect,
    /// A matter of judgement, which configuration may change for the build and the check; commands that run take
    /// the third level, always.
    Judgement(Level, Level, Level),
}

/// Who wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A build script: what must not compile.
    Build,
    /// `cargo schema check`: everything.
    Check,
    /// A command that reads or runs the history, and refuses a broken one.
    Run,
    /// A command that runs ways up, or says what would run: like `Run`, and no `down.sql` is read.
    Up,
    /// The same command when something is going to run after all: like `Run`, and no `up.sql` is read again.
    Down,
    /// A command that only wants to know where a database is: like `Run`, and no SQL is read at all.
    Look,
}

use Level::{Allow, Deny, Warn};

/// All rules, by family, in the order of a migration's life.
pub const RULES: &[Rule] = &[
    defect("no-migrations", "the migrations folder is missing or cannot be read"),
    defect("missing-up", "a migration has no `up.sql`"),
    defect("empty-up", "an `up.sql` has 0 bytes"),
    defect("unreadable-file", "a file or folder cannot be read"),
    defect("unreadable-name", "a folder's name is not UTF-8"),
    defect("file-too-large", "a file has more than 64 MiB"),
    defect("binary-file", "a file holds NUL bytes"),
    defect("not-utf-8", "a file is not UTF-8"),
    defect("outside-link", "a symbolic link leaves the migrations folder"),
    defect("case-collision", "two names differ only in case"),
    defect("merge-conflict", "a file holds the markers of a merge conflict"),
    defect("unclosed-sql", "a string, a comment or a body is never closed"),
    defect("transaction-control", "a script begins or ends the transaction that it runs in"),
    defect("needs-no-transaction", "a statement that cannot run in a transaction is in one"),
    defect("bad-metadata", "a `metadata.toml` is not valid"),
    defect("unknown-key", "a key in `metadata.toml` is not known"),
    defect("missing-run-in-transaction", "a `metadata.toml` with our keys lacks `run_in_transaction`"),
    defect("invalid-id", "a revision's id is not 1 to 40 letters, digits and `_`"),
    defect("duplicate-id", "two migrations have one id"),
    defect("duplicate-version", "two migrations have one version, so Diesel would drop one in silence"),
    defect("version-too-long", "a version is longer than Diesel's table holds"),
    defect("missing-parent", "a parent does not exist"),
    defect("own-parent", "a revision is its own parent"),
    defect("repeated-parent", "a parent is named twice"),
    defect("missing-dependency", "a dependency does not exist"),
    defect("ambiguous-dependency", "a dependency could be one of several revisions"),
    defect("own-dependency", "a revision depends on itself"),
    defect("invalid-label", "a label is not 1 to 40 letters, digits, `_`, `-`, `.` and `/`"),
    defect("label-is-id", "a label is the id of a revision"),
    defect("duplicate-label", "one label is on several revisions"),
    defect("cycle", "revisions wait for each other"),
    defect("bad-configuration", "the configuration is not valid").of(Family::Configuration),
    judgement("multiple-heads", Deny, Deny, Allow, "the history has several heads"),
    judgement(
        "disordered",
        Warn,
        Warn,
        Allow,
        "a revision sorts before its parent, so Diesel would run it first",
    ),
    judgement("missing-down", Warn, Warn, Allow, "a revision has no `down.sql` and does not say why"),
    judgement("diesel-name", Allow, Warn, Allow, "Diesel reads another version from a folder's name"),
    judgement("stray-key", Warn, Warn, Allow, "Diesel's `metadata.toml` has a key that nobody reads"),
    judgement(
        "implied-run-in-transaction",
        Warn,
        Warn,
        Allow,
        "Diesel's `metadata.toml` means no transaction without saying so",
    ),
    judgement(
        "diesel-configuration",
        Warn,
        Warn,
        Warn,
        "`diesel.toml` is not valid or names what does not exist",
    )
    .of(Family::Configuration),
    judgement("bad-lock-file", Deny, Deny, Warn, "`schema.lock` cannot be understood").of(Family::Integrity),
    judgement("edited-revision", Warn, Deny, Allow, "a revision differs from what `schema.lock` remembers")
        .of(Family::Integrity),
    judgement("removed-revision", Warn, Deny, Allow, "a revision of `schema.lock` is gone")
        .of(Family::Integrity),
    judgement("inserted-revision", Allow, Deny, Allow, "a new revision comes before one that is released")
        .of(Family::Integrity),
    judgement("base-without-lock", Allow, Warn, Allow, "a released commit has no `schema.lock`")
        .of(Family::Integrity),
    judgement("lock-out-of-date", Allow, Deny, Allow, "a revision is not in `schema.lock`")
        .of(Family::Integrity),
    judgement("missing-module", Warn, Deny, Deny, "the file of a module is missing").of(Family::Models),
    judgement("unreadable-model", Warn, Deny, Deny, "a file or a model cannot be read as Rust")
        .of(Family::Models),
    judgement(
        "bad-model-attribute",
        Warn,
        Deny,
        Deny,
        "a word of `#[schema(..)]` is unknown, malformed or not for this engine",
    )
    .of(Family::Models),
    judgement("unknown-model-type", Warn, Deny, Deny, "a field's type has no type in the database")
        .of(Family::Models),
    judgement("contradictory-model", Warn, Deny, Deny, "models contradict themselves or each other")
        .of(Family::Models),
    judgement("models-ahead", Warn, Deny, Allow, "models say what no migration does").of(Family::Models),
    judgement("tables-file", Allow, Deny, Allow, "`src/schema.rs` is not what the structs make it")
        .of(Family::Models),
    judgement("schema-unknown", Allow, Warn, Allow, "`schema.lock` does not know what the history leads to")
        .of(Family::Models),
    judgement("failing-up", Allow, Deny, Allow, "a revision does not run on a scratch database")
        .of(Family::Proof),
    judgement("failing-down", Allow, Deny, Allow, "a revision cannot be reverted on a scratch database")
        .of(Family::Proof),
    judgement("failing-redo", Allow, Warn, Allow, "a revision does not run again after it was reverted")
        .of(Family::Proof),
    judgement("inexact-down", Allow, Warn, Allow, "a `down.sql` does not give back what was there")
        .of(Family::Proof),
    judgement(
        "stale-schema",
        Allow,
        Deny,
        Allow,
        "`schema.lock` has another schema than the history leads to",
    )
    .of(Family::Proof),
    judgement(
        "unproven",
        Allow,
        Warn,
        Allow,
        "a revision was generated without a database, and never ran on one",
    )
    .of(Family::Proof),
    judgement("pending-revision", Allow, Warn, Allow, "a database lacks revisions of the history")
        .of(Family::Database),
    judgement(
        "skipped-revision",
        Allow,
        Deny,
        Allow,
        "a database lacks a revision, and has one that builds on it",
    )
    .of(Family::Database),
    judgement("unknown-revision", Allow, Deny, Allow, "a database has a revision that the history lacks")
        .of(Family::Database),
    judgement(
        "edited-applied-revision",
        Allow,
        Deny,
        Allow,
        "a revision differs from what ran on a database",
    )
    .of(Family::Database),
    judgement("interrupted-revision", Allow, Deny, Allow, "a revision is half done on a database")
        .of(Family::Database),
    judgement("newer-ledger", Allow, Warn, Allow, "a ledger was written by a newer version of this program")
        .of(Family::Database),
    judgement("schema-drift", Allow, Deny, Allow, "a database has another schema than its revisions lead to")
        .of(Family::Database),
];

const fn defect(id: &'static str, about: &'static str) -> Rule {
    Rule { id, family: Family::History, levels: Levels::Defect, about }
}

const fn judgement(id: &'static str, build: Level, check: Level, run: Level, about: &'static str) -> Rule {
    Rule { id, family: Family::History, levels: Levels::Judgement(build, check, run), about }
}

/// The rules that look at SQL belong to `cargo schema check`, which has them in files of their own; of these a build
/// script knows the names, so that it can tell a rule from a slip of the pen. A test of the command keeps them so.
const SAFETY: &str = include_str!("rule/safety.txt");

/// Every id that configuration may give a level.
pub fn configurable() -> impl Iterator<Item = &'static str> {
    RULES.iter().filter(|rule| rule.is_configurable()).map(|rule| rule.id).chain(SAFETY.lines())
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Rule {
    /// In a family other than that of the history.
    const fn of(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// Whether configuration may change its level.
    pub fn is_configurable(&self) -> bool {
        matches!(self.levels, Levels::Judgement(..))
    }

    /// What it does by default.
    pub fn level(&self, purpose: Purpose) -> Level {
        match (self.levels, purpose) {
            (Levels::Defect, _) => Deny,
            (Levels::Judgement(build, _, _), Purpose::Build) => build,
            (Levels::Judgement(_, check, _), Purpose::Check) => check,
            (Levels::Judgement(_, _, run), Purpose::Run | Purpose::Up | Purpose::Down | Purpose::Look) => run,
        }
    }
}

/// Gives every finding the severity that its rule has for a purpose, and drops those that are allowed.
pub fn judge(findings: Vec<Finding>, lints: &BTreeMap<String, Level>, purpose: Purpose) -> Vec<Finding> {
    findings.into_iter().filter_map(|finding| judged(finding, lints, purpose)).collect()
}

fn judged(finding: Finding, lints: &BTreeMap<String, Level>, purpose: Purpose) -> Option<Finding> {
    let severity = match rule(finding.rule).map(|rule| effective(rule, lints, purpose)) {
        None => finding.severity,
        Some(Allow) => return None,
        Some(Warn) => Severity::Warning,
        Some(Deny) => Severity::Error,
    };
    Some(Finding { severity, ..finding })
}

/// Whether anybody wants to know what a rule finds; for rules that cost something to ask.
pub(crate) fn is_asked(id: &str, lints: &BTreeMap<String, Level>, purpose: Purpose) -> bool {
    rule(id).is_none_or(|rule| effective(rule, lints, purpose) != Allow)
}

fn effective(rule: &Rule, lints: &BTreeMap<String, Level>, purpose: Purpose) -> Level {
    let can_configure = rule.is_configurable() && matches!(purpose, Purpose::Build | Purpose::Check);
    let configured = lints.get(rule.id).filter(|_| can_configure);
    configured.copied().unwrap_or_else(|| rule.level(purpose))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severity(id: &'static str, purpose: Purpose, lints: &[(&str, Level)]) -> Option<Severity> {
        let lints = lints.iter().map(|(id, level)| ((*id).to_string(), *level)).collect();
        judge(vec![Finding::error(id, "")], &lints, purpose).first().map(|finding| finding.severity)
    }

    #[test]
    fn ids_are_kebab_case_and_unique() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(
                rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || b"-8".contains(&byte)),
                "{}",
                rule.id
            );
            assert!(RULES[..index].iter().all(|other| other.id != rule.id), "{}", rule.id);
        }
    }

    #[test]
    fn levels_depend_on_who_wants_to_know() {
        assert_eq!(severity("edited-revision", Purpose::Build, &[]), Some(Severity::Warning));
        assert_eq!(severity("edited-revision", Purpose::Check, &[]), Some(Severity::Error));
        assert_eq!(severity("multiple-heads", Purpose::Build, &[]), Some(Severity::Error));
        assert_eq!(severity("multiple-heads", Purpose::Run, &[]), None);
        assert_eq!(severity("cycle", Purpose::Run, &[]), Some(Severity::Error));
    }

    #[test]
    fn configuration_changes_judgements_but_neither_defects_nor_what_runs() {
        let lints = [("multiple-heads", Allow), ("missing-down", Deny), ("cycle", Allow)];
        assert_eq!(severity("multiple-heads", Purpose::Build, &lints), None);
        assert_eq!(severity("missing-down", Purpose::Check, &lints), Some(Severity::Error));
        assert_eq!(severity("missing-down", Purpose::Run, &lints), None);
        assert_eq!(severity("cycle", Purpose::Build, &lints), Some(Severity::Error));
    }
}
