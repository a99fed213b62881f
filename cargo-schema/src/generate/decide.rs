//! What a difference leaves to a person: questions as prompts on a terminal and as refusals elsewhere, with the line
//! to paste. Words only; nothing is decided here.

use schema_build::finding::{Finding, Place};

use crate::difference::{Kept, Question, Refusal, Subject};

/// What can be said to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is this one under another name.
    Renamed { old: String, new: String },
    /// These are gone, and the new one is new.
    Removed(Vec<String>),
    /// These stay, and the new one is new.
    Kept(Vec<String>),
    /// No answer.
    Stop,
}

impl Question {
    /// `users.colour`.
    fn whole(&self, name: &str) -> String {
        match &self.subject {
            Subject::Table => name.to_owned(),
            Subject::Column(table) => format!("{table}.{name}"),
            Subject::Value(ty) => format!("{ty}.{name}"),
        }
    }

    fn noun(&self) -> &'static str {
        match self.subject {
            Subject::Table => "struct",
            Subject::Column(_) => "field",
            Subject::Value(_) => "variant",
        }
    }

    /// The line above the answers.
    pub(crate) fn text(&self) -> String {
        let detail = self.detail.as_ref().map_or(String::new(), |detail| format!(" ({detail})"));
        let gone: Vec<String> =
            self.gone.iter().map(|gone| format!("`{}`{detail}", self.whole(gone))).collect();
        let verb = if gone.len() == 1 { "is" } else { "are" };
        format!("{} {verb} gone and `{}`{detail} is new.", gone.join(", "), self.whole(&self.new))
    }

    /// The answers, with their words.
    pub(crate) fn answers(&self) -> Vec<(String, Answer)> {
        let is_only = self.gone.len() == 1;
        let renamed = self.gone.iter().map(|gone| {
            let from = if is_only { String::new() } else { format!(" from `{gone}`") };
            let answer = Answer::Renamed { old: self.whole(gone), new: self.new.clone() };
            (format!("renamed{from}, keep the data"), answer)
        });
        let all: Vec<String> = self.gone.iter().map(|gone| self.whole(gone)).collect();
        let kept = self.may_stay.then(|| ("another one, keep both".to_owned(), Answer::Kept(all.clone())));
        let removed = Answer::Removed(all);
        let others =
            [("removed and added, lose the data".to_owned(), removed), ("stop".to_owned(), Answer::Stop)];
        renamed.chain(kept).chain(others).collect()
    }

    /// The refusal where nobody can be asked.
    pub(crate) fn finding(&self) -> Finding {
        let first = &self.gone[0];
        let message =
            format!("was `{}` renamed to `{}`, or removed?", self.whole(first), self.whole(&self.new));
        let mut finding = Finding::error("rename", message);
        if let Some(place) = &self.place {
            finding = finding.at_place(labelled(place, &format!("new here, and `{first}` is gone")));
        }
        for gone in &self.gone {
            finding = finding.help(format!(
                "renamed: add `#[schema(was = \"{gone}\")]` to the {}, or pass `--rename {}={}`",
                self.noun(),
                self.whole(gone),
                self.new
            ));
        }
        let flags = |flag: &str| {
            let flags: Vec<String> =
                self.gone.iter().map(|gone| format!("{flag} {}", self.whole(gone))).collect();
            flags.join(" ")
        };
        if self.may_stay {
            finding = finding.help(format!("another one: pass `{}`, and both are there", flags("--keep")));
        }
        finding.help(format!("removed: pass `{}`", flags("--drop")))
    }
}

impl Refusal {
    /// In words, with the ways out.
    pub(crate) fn finding(&self) -> Finding {
        match self {
            Self::NoValue { table, column, place } => at(
                Finding::error("no-value", format!("`{table}.{column}` may not be NULL, and existing rows have no value for it")),
                place.as_ref(),
                "new here, and neither `default` nor `backfill` is said",
            )
            .help("add `#[schema(backfill = \"..\")]` for the rows that exist, or `default` for new ones as well")
            .help(format!("make it an `Option`, or pass `--assume-empty {table}` if there are no rows")),
            Self::UnknownType { table, column, ty, place } => at(
                Finding::error("unknown-type", format!("the SQL type of `{table}.{column}` is not known")),
                place.as_ref(),
                &format!("`{ty}` is no type of Diesel's"),
            )
            .help("describe the table with a struct that derives `Schema`, and say `sql_type`")
            .help("or write this migration by hand: `cargo schema generate --empty MSG`"),
            Self::Unanswerable { answer } => {
                Finding::error("answer", format!("`{answer}` answers nothing: nothing of that name is gone"))
                    .help("names are those of the database: `TABLE`, `TABLE.COLUMN`, `ENUM.VALUE`")
            }
        }
    }
}

impl Kept {
    /// One line about what stays.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Table(table) => format!("table `{table}`: no model names it; `--drop {table}` removes it"),
            Self::Column { table, column } => {
                format!(
                    "column `{table}.{column}`: no `table!` block names it; `--drop {table}.{column}` removes it"
                )
            }
        }
    }
}

fn at(finding: Finding, place: Option<&Place>, label: &str) -> Finding {
    match place {
        Some(place) => finding.at_place(labelled(place, label)),
        None => finding,
    }
}

fn labelled(place: &Place, label: &str) -> Place {
    let mut place = place.clone();
    if let Some(excerpt) = &mut place.excerpt {
        label.clone_into(&mut excerpt.label);
    }
    place
}
