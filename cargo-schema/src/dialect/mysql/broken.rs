//! Views that mention what is not there: MySQL keeps them and fails when they are used.

use super::catalogue::Catalogue;
use super::name::quoted;
use super::scratch::Scratch;

/// Every one that cannot be read, with what the server says.
pub(super) fn of(database: &mut Scratch, catalogue: &Catalogue) -> Vec<String> {
    let read = |view: &String| {
        let error = database.run(&format!("SELECT * FROM {} LIMIT 0", quoted(view))).err()?;
        // People do not know the scratch database.
        Some(format!("view `{view}`: {}", error.message.replace(&database.prefix(), "")))
    };
    catalogue.views.keys().filter_map(read).collect()
}
