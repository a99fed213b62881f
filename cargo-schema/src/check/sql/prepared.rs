//! PREPARE of what a variable holds: the statements that the last SET of it wrote there, at the place where they are
//! written.

use std::collections::{BTreeMap, BTreeSet};

use schema_runtime::dialect::Dialect;

use super::act::Set;
use super::{Act, Placed, Reading, read};

/// Acts, each with the statement that it belongs to.
pub(crate) type Owned = Vec<(usize, Placed)>;

/// Behind each SET of a variable that is prepared later, what may be prepared; a PREPARE that is told so goes, any other
/// is SQL that nobody can read.
pub(crate) fn resolved(acts: Owned, dialect: Dialect) -> Owned {
    let told = told(&acts, dialect);
    let mut resolved = Vec::with_capacity(acts.len());
    for (at, (owner, placed)) in acts.into_iter().enumerate() {
        match placed.act {
            Act::PrepareVariable(_) if told.prepares.contains(&at) => continue,
            Act::PrepareVariable(_) => resolved.push((owner, Placed { act: Act::Dynamic, ..placed })),
            _ => resolved.push((owner, placed)),
        }
        if let Some(found) = told.texts.get(&at) {
            resolved.extend(found.iter().map(|placed| (owner, placed.clone())));
        }
    }
    resolved
}

/// What is told, by positions.
#[derive(Default)]
struct Told {
    /// What a SET wrote into a variable that is prepared.
    texts: BTreeMap<usize, Vec<Placed>>,
    /// PREPAREs of which that is known.
    prepares: BTreeSet<usize>,
}

fn told(acts: &Owned, dialect: Dialect) -> Told {
    let mut told = Told::default();
    let mut last = BTreeMap::new();
    for (at, (_, placed)) in acts.iter().enumerate() {
        match &placed.act {
            Act::Set(set) => drop(last.insert(&set.name, (at, set))),
            Act::PrepareVariable(variable) => {
                let Some((from, found)) =
                    last.get(variable).and_then(|(from, set)| Some((*from, statements(set, dialect)?)))
                else {
                    continue;
                };
                told.texts.insert(from, found);
                told.prepares.insert(at);
            }
            _ => {}
        }
    }
    told
}

/// The strings of `IF(.., 'ALTER TABLE ..', 'SELECT 1')`, each as a statement; `None` where a text is put together of
/// parts, or no string is a statement.
fn statements(set: &Set, dialect: Dialect) -> Option<Vec<Placed>> {
    if set.value.as_ref().is_some_and(|value| value.contains("concat")) {
        return None;
    }
    let read = set.strings.iter().filter_map(|(start, text)| match read(text, *start, dialect) {
        Some(Reading::Acts(acts)) if !acts.is_empty() => Some(acts),
        _ => None,
    });
    let acts: Vec<Placed> = read.flatten().filter(|placed| !is_variable(&placed.act)).collect();
    (!acts.is_empty()).then_some(acts)
}

/// MySQL prepares no PREPARE.
fn is_variable(act: &Act) -> bool {
    matches!(act, Act::PrepareVariable(_))
}
