//! Everything that a database holds, as the statements that make it, in SQLite's own words. Pure.

use super::introspect::Catalogue;
use crate::dialect::script::{Group, Script};

/// Tables with their indexes, then what feeds and reads them.
pub(super) fn of(catalogue: &Catalogue) -> Script {
    let mut script = Script::default();
    for entry in catalogue.tables.values() {
        let indexes = entry.indexes.iter().map(|index| index.sql.clone());
        let statements = std::iter::once(entry.source.sql(&entry.source.name)).chain(indexes);
        script.push(Group::of(statements.collect()));
    }
    script.push(Group::of(catalogue.virtuals.clone()));
    script.push(Group::of(catalogue.views.values().cloned().collect()));
    for trigger in &catalogue.triggers {
        script.push(Group::of(vec![trigger.sql.clone()]));
    }
    script
}
