//! From ids to edges: checks every id, version, label, parent and dependency of a list of revisions, and
//! resolves what can be resolved, so that one pass finds everything.

use std::collections::BTreeMap;

use super::Defect;
use crate::names::ByName;
use crate::nearest::nearest;
use crate::revision::{ID_LIMIT, RESERVED, Revision, Text, VERSION_LIMIT};

/// Edges by index in the list, and whatever was wrong.
#[derive(Default)]
pub(super) struct Links {
    pub(super) parents: Vec<Vec<usize>>,
    pub(super) dependencies: Vec<Vec<usize>>,
    pub(super) defects: Vec<Defect>,
}

/// Suggestions cost a pass over all ids each; nobody reads more of them than this.
const SUGGESTIONS: usize = 20;

pub(super) fn connect(revisions: &[Revision]) -> Links {
    let names = Names::of(revisions);
    let mut links = Links { defects: names.defects(), ..Links::default() };
    for index in 0..revisions.len() {
        let parents = names.parents(index, &mut links.defects);
        let dependencies = names.dependencies(index, &mut links.defects);
        links.parents.push(parents);
        links.dependencies.push(dependencies);
    }
    links
}

/// Whether a text can be an id: 1 to 40 letters, digits and `_`, and no word of the target grammar.
pub fn is_valid_id(id: &str) -> bool {
    is_word(id, |c| c == '_')
}

/// Whether a text can be a label: like an id, with `-`, `.` and `/` inside.
pub fn is_valid_label(label: &str) -> bool {
    is_word(label, |c| matches!(c, '_' | '-' | '.' | '/')) && !label.starts_with('-')
}

fn is_word(text: &str, also: impl Fn(char) -> bool) -> bool {
    (1..=ID_LIMIT).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || also(c))
        && !RESERVED.contains(&text)
}

struct Names<'a> {
    revisions: &'a [Revision],
    ids: ByName<&'a str, usize>,
    labels: ByName<&'a str, usize>,
    sorted_ids: Vec<(&'a str, usize)>,
}

impl<'a> Names<'a> {
    fn of(revisions: &'a [Revision]) -> Self {
        let ids = ByName::with_capacity_and_hasher(revisions.len(), Default::default());
        let mut names = Self { revisions, ids, labels: ByName::default(), sorted_ids: Vec::new() };
        for (index, revision) in revisions.iter().enumerate() {
            names.ids.entry(&revision.id).or_insert(index);
            for label in &revision.labels {
                names.labels.entry(label).or_insert(index);
            }
        }
        if revisions.iter().any(|revision| !revision.depends_on.is_empty()) {
            names.sorted_ids = names.ids.iter().map(|(id, index)| (*id, *index)).collect();
            names.sorted_ids.sort_unstable();
        }
        names
    }

    fn defects(&self) -> Vec<Defect> {
        let mut defects = Vec::new();
        for (revision, it) in self.revisions.iter().enumerate() {
            if !is_valid_id(&it.id) {
                defects.push(Defect::InvalidId { revision });
            }
            if it.version.len() > VERSION_LIMIT && it.version.chars().count() > VERSION_LIMIT {
                defects.push(Defect::VersionTooLong { revision });
            }
            defects.extend(
                it.labels.iter().enumerate().filter_map(|(at, label)| self.label_defect(revision, at, label)),
            );
        }
        let with_id = |(_, revisions)| Defect::DuplicateId { revisions };
        let with_version = |(_, revisions)| Defect::DuplicateVersion { revisions };
        let with_label = |(label, revisions)| Defect::DuplicateLabel { label, revisions };
        // In an unoptimised build script, looking for what cannot be there would cost more than all the rest.
        if self.ids.len() < self.revisions.len() {
            defects.extend(self.repeated(|it| vec![it.id.clone()]).map(with_id));
        }
        let has_capitals = self.revisions.iter().any(|it| it.version.chars().any(char::is_uppercase));
        if has_capitals || !self.revisions.is_sorted_by(|a, b| a.version < b.version) {
            defects.extend(self.repeated(|it| vec![it.version.to_lowercase().into()]).map(with_version));
        }
        if !self.labels.is_empty() {
            defects.extend(self.repeated(|it| it.labels.clone()).map(with_label));
        }
        defects
    }

    fn label_defect(&self, revision: usize, position: usize, label: &str) -> Option<Defect> {
        match self.ids.get(label) {
            Some(&owner) => Some(Defect::LabelIsId { revision, position, owner }),
            None => (!is_valid_label(label)).then_some(Defect::InvalidLabel { revision, position }),
        }
    }

    fn repeated(&self, of: impl Fn(&Revision) -> Vec<Text>) -> impl Iterator<Item = (Text, Vec<usize>)> {
        let mut owners: BTreeMap<Text, Vec<usize>> = BTreeMap::new();
        for (index, revision) in self.revisions.iter().enumerate() {
            of(revision).into_iter().for_each(|name| owners.entry(name).or_default().push(index));
        }
        owners.into_iter().filter(|(_, owners)| owners.len() > 1)
    }

    fn parents(&self, revision: usize, defects: &mut Vec<Defect>) -> Vec<usize> {
        let mut found = Vec::new();
        for (position, parent) in self.revisions[revision].parents.iter().enumerate() {
            match self.ids.get(&**parent) {
                None => {
                    let nearest = self.nearest(parent, revision, defects.len());
                    defects.push(Defect::MissingParent { revision, position, nearest });
                }
                Some(_) if *parent == self.revisions[revision].id => {
                    defects.push(Defect::OwnParent { revision, position });
                }
                Some(index) if found.contains(index) => {
                    defects.push(Defect::RepeatedParent { revision, position });
                }
                Some(index) => found.push(*index),
            }
        }
        found
    }

    fn dependencies(&self, revision: usize, defects: &mut Vec<Defect>) -> Vec<usize> {
        let mut found = Vec::new();
        for (position, name) in self.revisions[revision].depends_on.iter().enumerate() {
            match self.named(name).as_slice() {
                [] => {
                    let nearest = self.nearest(name, revision, defects.len());
                    defects.push(Defect::MissingDependency { revision, position, nearest });
                }
                [index] if *index == revision => defects.push(Defect::OwnDependency { revision, position }),
                [index] => found.push(*index),
                several => {
                    let candidates = several.to_vec();
                    defects.push(Defect::AmbiguousDependency { revision, position, candidates });
                }
            }
        }
        found
    }

    /// Exact ids and labels, else ids that begin so.
    fn named(&self, name: &str) -> Vec<usize> {
        if let Some(index) = self.ids.get(name).or_else(|| self.labels.get(name)) {
            return vec![*index];
        }
        if name.chars().count() < crate::target::PREFIX_MINIMUM {
            return Vec::new();
        }
        let first = self.sorted_ids.partition_point(|(id, _)| *id < name);
        self.sorted_ids[first..]
            .iter()
            .take_while(|(id, _)| id.starts_with(name))
            .map(|(_, index)| *index)
            .collect()
    }

    fn nearest(&self, name: &str, not: usize, defects_so_far: usize) -> Option<usize> {
        if defects_so_far > SUGGESTIONS {
            return None;
        }
        let others = self.revisions.iter().enumerate().filter(|(index, _)| *index != not);
        let id = nearest(name, others.map(|(_, revision)| &*revision.id))?;
        self.ids.get(id).copied()
    }
}
