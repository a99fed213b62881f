//! What a rule of the safety family is: its words, its predicate and its examples, as data. And what a predicate is
//! given to look at. Rules themselves are in `rules`, one per file.

use std::cell::OnceCell;
use std::ops::Range;

use schema_build::config::Level;
use schema_build::statement::tokens;
use schema_runtime::dialect::Dialect;

use super::catalogue::{Catalogue, Era, Table};
use super::sql::act::{Action, ActionKind, CreateIndex, Drop};
use super::sql::part::{Column, Constraint, Name};
use super::sql::{Act, Placed};

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Kebab case; the name of its file in snake case. It reads after "allow".
    pub(crate) id: &'static str,
    /// Unless configured otherwise: `Deny` what fails, loses data or breaks running programs, `Warn` what blocks
    /// them for a while, `Allow` what is a matter of taste.
    pub(crate) level: Level,
    /// Which scripts it looks at.
    pub(crate) ways: Ways,
    /// What it finds, in one sentence without a full stop.
    pub(crate) about: &'static str,
    /// What happens, and why.
    pub(crate) why: &'static str,
    /// What to do instead: a sentence, and SQL where there is some, indented by four.
    pub(crate) instead: &'static str,
    /// Looks at one act.
    pub(crate) find: fn(&Site<'_>, &mut Vec<Hit>),
    /// What it finds and what it does not, each of which also runs on the engine.
    pub(crate) examples: &'static [Example],
}

/// Which scripts a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ways {
    /// `up.sql` alone: going back takes things away, and says so by being what it is.
    Up,
    /// `down.sql`, too.
    Both,
}

/// SQL that shows a rule, and what an engine does with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Example {
    /// An earlier revision, which is released.
    pub(crate) before: &'static str,
    /// The revision that is looked at.
    pub(crate) sql: &'static str,
    /// It runs with `run_in_transaction = false`.
    pub(crate) is_outside: bool,
    /// What the engine does, where the rule finds something in it.
    pub(crate) claim: Claim,
}

/// What an engine is said to do. A test asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The rule finds nothing, and the SQL runs.
    Quiet,
    /// It fails with this code (a SQLSTATE, or MySQL's number), or with a message that holds this text.
    Fails(&'static str),
    /// It takes a lock of this mode (`ShareLock`) on this table.
    Locks(&'static str, &'static str),
    /// It writes this table anew.
    Rewrites(&'static str),
    /// This query, which asks for a number, gives less afterwards, or cannot be asked any more.
    Loses(&'static str),
    /// This statement, which a running program sends, works before and fails afterwards.
    Breaks(&'static str),
    /// This query, which asks whether something is as it should be, is true before and not true afterwards; or is
    /// not true afterwards where it could not be asked before.
    Spoils(&'static str),
    /// It runs; what is wrong with it shows in no single run.
    Runs,
}

/// An example that fires.
pub(crate) const fn fires(before: &'static str, sql: &'static str, claim: Claim) -> Example {
    Example { before, sql, is_outside: false, claim }
}

/// An example that stays quiet.
pub(crate) const fn quiet(before: &'static str, sql: &'static str) -> Example {
    fires(before, sql, Claim::Quiet)
}

impl Example {
    /// It runs outside a transaction.
    pub(crate) const fn outside(self) -> Self {
        Self { is_outside: true, ..self }
    }
}

/// Something that a rule found.
#[derive(Debug)]
pub(crate) struct Hit {
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
    /// One clause that stands alone: names in back-ticks, no full stop.
    pub(crate) message: String,
    /// Facts that help to understand it.
    pub(crate) notes: Vec<String>,
    /// What to do; more lines of it are SQL to paste.
    pub(crate) help: Option<String>,
    /// A change of the script that is certain to mend it.
    pub(crate) fix: Option<Edit>,
}

/// A change of a script's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Bytes that go.
    pub(crate) span: Range<usize>,
    /// What comes in their place.
    pub(crate) text: String,
}

impl Hit {
    /// Found here.
    pub(crate) fn new(span: &Range<usize>, message: impl Into<String>) -> Self {
        Self { span: span.clone(), message: message.into(), notes: Vec::new(), help: None, fix: None }
    }

    /// With a fact that helps to understand it.
    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// With what to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// With what to do, and the SQL for it, a statement a line.
    pub(crate) fn sql(self, advice: &str, sql: impl AsRef<str>) -> Self {
        let indented: String = sql.as_ref().lines().map(|line| format!("\n    {line}")).collect();
        self.help(format!("{advice}{indented}"))
    }

    /// With a change that is certain to mend it.
    pub(crate) fn fix(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Edit { span, text: text.into() });
        self
    }
}

/// What a predicate looks at: one act, where it stands, and what is there when it runs.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// What is done.
    pub(crate) act: &'a Act,
    /// The act's bytes in the script.
    pub(crate) span: &'a Range<usize>,
    /// What is there just before.
    pub(crate) catalogue: &'a Catalogue,
    /// The script that it stands in.
    pub(crate) script: &'a Script<'a>,
    /// Its position among the script's acts.
    pub(crate) position: usize,
    /// It stands inside a block of statements, where it may run or not, and may fail without harm.
    pub(crate) is_inner: bool,
}

/// The script that is looked at.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    /// The SQL that it is written in.
    pub(crate) dialect: Dialect,
    /// All of its text.
    pub(crate) text: &'a str,
    /// All of its acts.
    pub(crate) acts: &'a [Placed],
    /// Whether it sets sequences, once somebody asked.
    pub(crate) numbering: OnceCell<bool>,
    /// The positions of acts that begin (`true`) or end a transaction.
    pub(crate) transactions: Vec<(usize, bool)>,
    /// The catalogue before its first act.
    pub(crate) start: &'a Catalogue,
    /// It runs in a transaction, as a whole.
    pub(crate) is_transactional: bool,
    /// SQLite's foreign keys are off while it runs.
    pub(crate) keys_are_off: bool,
    /// It goes up.
    pub(crate) is_up: bool,
    /// Its revision.
    pub(crate) era: Era,
    /// From this revision on, all that is not released came; `None`: nobody knows what is released.
    pub(crate) is_released: Option<&'a [bool]>,
}

impl Script<'_> {
    /// Whether it says anywhere which number a sequence gives next.
    pub(crate) fn sets_numbers(&self) -> bool {
        let sets = |placed: &Placed| {
            let text = self.text.get(placed.span.clone()).unwrap_or_default().to_lowercase();
            text.contains("setval") || text.contains("restart")
        };
        let is_of_rows = |placed: &Placed| matches!(placed.act, Act::Insert(_));
        *self.numbering.get_or_init(|| self.acts.iter().any(|placed| !is_of_rows(placed) && sets(placed)))
    }
}

impl<'a> Site<'a> {
    /// A table that is there, where the history made it.
    pub(crate) fn table(&self, name: &Name) -> Option<&'a Table> {
        self.catalogue.table(name)
    }

    /// Whether running programs may use a table and rows may be in it: unless this revision, or another that is not
    /// released yet, made it.
    pub(crate) fn is_old(&self, name: &Name) -> bool {
        match (self.table(name), self.catalogue.view(name)) {
            (Some(table), _) => !table.is_temporary && !self.is_fresh(table.born),
            (None, Some(view)) => !self.is_fresh(view.born),
            (None, None) => true,
        }
    }

    /// Whether DROP .. IF EXISTS names what is not there: a history that makes tables makes all that it drops, and a
    /// script that begins one makes what it dropped to be sure, as dumps do.
    pub(crate) fn is_missing(&self, drop: &Drop, name: &Name) -> bool {
        let has_maker = !self.catalogue.is_empty() || self.is_made_later(name);
        drop.if_exists && has_maker && !self.catalogue.holds(drop.object, name)
    }

    /// Whether the script makes a table of this name further down.
    fn is_made_later(&self, name: &Name) -> bool {
        let key = self.catalogue.key(name);
        self.after().iter().any(|placed| {
            matches!(&placed.act, Act::CreateTable(create) if self.catalogue.key(&create.table) == key)
        })
    }

    /// Whether a table can be empty alone: nobody had a chance to put rows into it.
    pub(crate) fn is_empty(&self, name: &Name) -> bool {
        self.table(name).is_some_and(|table| self.is_fresh(table.born) && !table.has_rows)
    }

    /// Whether something that came with a revision was never released without the rest of it.
    pub(crate) fn is_fresh(&self, born: Era) -> bool {
        let is_unreleased = |era: Era| {
            self.script.is_released.is_some_and(|released| !released.get(era).copied().unwrap_or(false))
        };
        born == self.script.era || (is_unreleased(born) && is_unreleased(self.script.era))
    }

    /// The changes of ALTER TABLE, with the table; none for any other act.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&'a Name, &'a Action)> + use<'a> {
        let alter = match self.act {
            Act::AlterTable(alter) => Some(alter),
            _ => None,
        };
        alter.into_iter().flat_map(|alter| alter.actions.iter().map(|action| (&alter.table, action)))
    }

    /// The changes of a table that running programs use.
    pub(crate) fn changes_of_old(&self) -> impl Iterator<Item = (&'a Name, &'a Action)> {
        self.changes().filter(|(table, _)| self.is_old(table))
    }

    /// The columns that are added to tables, with the table.
    pub(crate) fn added_columns(&self) -> impl Iterator<Item = (&'a Name, &'a Column)> {
        self.changes().filter_map(|(table, action)| match &action.kind {
            ActionKind::AddColumn { column, if_not_exists } => {
                let is_there = *if_not_exists
                    && self.table(table).is_some_and(|known| known.column(&column.name.name).is_some());
                (!is_there).then_some((table, &**column))
            }
            _ => None,
        })
    }

    /// The constraints that are added to tables, those beside added columns among them, with the table.
    pub(crate) fn added_constraints(&self) -> impl Iterator<Item = (&'a Name, &'a Constraint)> {
        let beside = self
            .added_columns()
            .flat_map(|(table, column)| column.constraints.iter().map(move |constraint| (table, constraint)));
        let alone = self.changes().filter_map(|(table, action)| match &action.kind {
            ActionKind::AddConstraint(constraint) => Some((table, constraint)),
            _ => None,
        });
        beside.chain(alone)
    }

    /// The indexes that are made, those beside MySQL's columns among them, each with its place.
    pub(crate) fn indexes(&self) -> Vec<(&'a CreateIndex, &'a Range<usize>)> {
        match self.act {
            Act::CreateIndex(index) => vec![(index, self.span)],
            Act::CreateTable(create) => create.indexes.iter().map(|index| (index, &index.span)).collect(),
            _ => self
                .changes()
                .filter_map(|(_, action)| match &action.kind {
                    ActionKind::AddIndex(index) => Some((&**index, &action.span)),
                    _ => None,
                })
                .collect(),
        }
    }

    /// Whether an index goes in the same statement, or later in the script.
    pub(crate) fn drops_index(&self, name: Option<&String>) -> bool {
        let is_it = |action: &Action| matches!(&action.kind, ActionKind::DropIndex { name: own } if Some(own) == name);
        self.changes().any(|(_, action)| is_it(action))
            || self.after().iter().any(|placed| match &placed.act {
                Act::Drop(drop) => drop.names.iter().any(|own| Some(&own.name) == name),
                Act::AlterTable(alter) => alter.actions.iter().any(is_it),
                _ => false,
            })
    }

    /// The acts before this one.
    pub(crate) fn before(&self) -> &'a [Placed] {
        &self.script.acts[..self.position]
    }

    /// The acts after this one.
    pub(crate) fn after(&self) -> &'a [Placed] {
        &self.script.acts[self.position + 1..]
    }

    /// Whether this act runs in a transaction: the script's, or one that it begins itself.
    pub(crate) fn is_transactional(&self) -> bool {
        let before = self.script.transactions.partition_point(|(position, _)| *position < self.position);
        let last = before.checked_sub(1).map(|last| self.script.transactions[last].1);
        last.unwrap_or(self.script.is_transactional)
    }

    /// A part of the script.
    pub(crate) fn text(&self, span: &Range<usize>) -> &'a str {
        self.script.text.get(span.clone()).unwrap_or_default()
    }

    /// All of the act's text, in one line.
    pub(crate) fn statement(&self) -> String {
        self.text(self.span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The act from its verb on: what a WITH clause says comes before it.
    pub(crate) fn verb_on(&self) -> Range<usize> {
        let text = self.text(self.span);
        let mut depth = 0_usize;
        let verb = tokens(text, self.script.dialect).find(|token| {
            let word = text[token.range()].to_ascii_lowercase();
            match word.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(word.as_str(), "insert" | "replace" | "update" | "delete" | "merge")
        });
        verb.map_or(self.span.clone(), |verb| self.span.start + verb.start..self.span.end)
    }

    /// The act from a word on that stands behind a name; all of it where there is none.
    pub(crate) fn clause(&self, from: &Name, word: &str) -> Range<usize> {
        let start = from.span.end.max(self.span.start);
        let text = self.text(&(start..self.span.end)).to_ascii_lowercase();
        let is_word = |at: &usize| {
            let around =
                text[..*at].chars().next_back().into_iter().chain(text[at + word.len()..].chars().next());
            around.clone().all(|it| !it.is_alphanumeric() && !matches!(it, '_' | '"' | '\''))
        };
        let found = text.match_indices(word).map(|(at, _)| at).find(is_word);
        found.map_or(self.span.clone(), |at| start + at..self.span.end)
    }
}

/// The positions of acts that begin or end a transaction.
pub(crate) fn transactions(acts: &[Placed]) -> Vec<(usize, bool)> {
    use super::sql::act::Transaction::{Begin, Commit, Rollback};
    let of = |(position, placed): (usize, &Placed)| match placed.act {
        Act::Transaction(verb @ (Begin | Commit | Rollback)) => Some((position, verb == Begin)),
        _ => None,
    };
    acts.iter().enumerate().filter_map(of).collect()
}
