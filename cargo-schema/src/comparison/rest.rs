//! What two databases hold besides what operations say, from the lines of their catalogues: views and triggers, and
//! clauses of tables that are otherwise equal. Pure.

use super::Between;
use crate::dialect::Dialect;
use crate::difference::fits;
use crate::generate::prove::unequal;
use crate::operation::Operation;

/// Lines of these begin with what operations speak of.
const SPOKEN_OF: [&str; 6] = ["table ", "column ", "constraint ", "index ", "foreign key of ", "check of "];

/// What is no difference, and has to be right all the same when a change is taken back.
const ORDER: &str = "order of columns ";

/// Whether a line of a catalogue is about a table, and not about what no model can say.
pub(crate) fn is_spoken_of(line: &str) -> bool {
    line.starts_with(ORDER) || SPOKEN_OF.iter().any(|kind| line.starts_with(kind))
}

/// Sorts out what only one of two catalogues says.
pub(super) fn compare<D: Dialect>(
    dialect: &D,
    before: &[String],
    after: &[String],
    ignored: &[String],
    between: &mut Between,
) {
    let touched = touched(dialect, &between.operations);
    let lines = unequal(before, after);
    let counts = |line: &String| !line[2..].starts_with(ORDER) && !is_ignored(&line[2..], ignored);
    for line in lines.into_iter().filter(counts) {
        if !is_spoken_of(&line[2..]) {
            between.rest.push(line);
        } else if !words(&line).any(|word| word.split('.').any(|part| touched.contains(&dialect.fold(part))))
        {
            between.reworded.push(line);
        }
    }
}

/// The words of a line; a qualified name is one.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_.$".contains(letter);
    line.split(move |letter: char| !is_part(letter)).filter(|word| !word.is_empty())
}

/// Whether it is about something that is not ours: by its own name, its table's, or the table that it is on.
fn is_ignored(line: &str, ignored: &[String]) -> bool {
    let own = words(line).nth(1);
    let owner = own.and_then(|name| name.rsplit_once('.')).map(|(owner, _)| owner);
    let after = |start: &str| words(line).skip_while(|word| !word.eq_ignore_ascii_case(start)).nth(1);
    let of = after("of").filter(|_| is_spoken_of(line));
    [own, owner, after("on"), of]
        .into_iter()
        .flatten()
        .any(|name| ignored.iter().any(|pattern| fits(pattern, name)))
}

/// Every name of tables that change.
fn touched<D: Dialect>(dialect: &D, operations: &[Operation]) -> Vec<String> {
    let names = operations.iter().flat_map(|operation| {
        let other = match operation {
            Operation::RenameTable { to, .. } => Some(to.as_str()),
            _ => None,
        };
        operation.table().into_iter().chain(other)
    });
    names.flat_map(|name| name.split('.')).map(|part| dialect.fold(part)).collect()
}
