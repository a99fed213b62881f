//! `write-to-view`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "write-to-view",
    level: Deny,
    ways: Up,
    about: "rows of a view are written",
    why: "SQLite writes to no view: the statement fails, unless an INSTEAD OF trigger says what to do.",
    instead: "Write to the table that the view reads.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER); CREATE VIEW adults AS SELECT * FROM users WHERE age > 17;",
            "DELETE FROM adults WHERE id = 1;",
            Claim::Fails("cannot modify adults because it is a view"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER); CREATE VIEW adults AS SELECT * FROM users WHERE age > 17; CREATE TRIGGER gone INSTEAD OF DELETE ON adults BEGIN DELETE FROM users WHERE id = old.id; END;",
            "DELETE FROM adults WHERE id = 1; DELETE FROM users WHERE id IN (SELECT id FROM adults);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let name = match site.act {
        Act::Insert(insert) => &insert.table,
        Act::Update(change) | Act::Delete(change) => &change.table,
        _ => return,
    };
    let key = site.catalogue.key(name);
    let is_view = site.catalogue.view(name).is_some_and(|view| site.catalogue.is_certain(view.born));
    if is_view && !site.catalogue.triggers().any(|(_, trigger)| trigger.on == key) {
        hits.push(
            Hit::new(&site.verb_on(), format!("this fails: `{name}` is a view"))
                .help("write to the table that the view reads"),
        );
    }
}
