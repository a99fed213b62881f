//! `insert-without-parent`.

use crate::check::catalogue::Key;
use crate::check::rules::prelude::*;
use crate::check::sql::act::Insert;

pub(super) static RULE: Rule = Rule {
    id: "insert-without-parent",
    level: Deny,
    ways: Up,
    about: "a row is inserted that points to one that the history has not made",
    why: "All rows of the other table were written down by the history, and this one is not among them: on a database \
          that has run nothing but the history, such as a new developer's or a test's, the statement fails. That \
          somebody made the row by hand in production helps nobody else.",
    instead: "Insert the row that it points to first, or look the row up:\n\
          \n    \
          INSERT INTO grants (role_id, name) SELECT id, 'read' FROM roles WHERE name = 'auditor';",
    find,
    examples: &[
        fires(
            "CREATE TABLE roles (id int PRIMARY KEY, name text); CREATE TABLE grants (role_id int REFERENCES roles (id), name text); INSERT INTO roles VALUES (1, 'admin');",
            "INSERT INTO grants (role_id, name) VALUES (1, 'all'), (17, 'read') ON CONFLICT DO NOTHING;",
            Claim::Fails("23503"),
        ),
        quiet(
            "CREATE TABLE roles (id int PRIMARY KEY, name text); CREATE TABLE grants (role_id int REFERENCES roles (id), name text); INSERT INTO roles VALUES (1, 'admin');",
            "INSERT INTO roles VALUES (17, 'auditor'); INSERT INTO grants (role_id, name) VALUES (1, 'all'), ('17', 'read'), (NULL, 'none');",
        ),
        quiet(
            "CREATE TABLE roles (id serial PRIMARY KEY, name text); CREATE TABLE grants (role_id int REFERENCES roles (id), name text); INSERT INTO roles (name) VALUES ('admin'), ('auditor');",
            "INSERT INTO grants (role_id, name) VALUES (2, 'read');",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Insert(insert) = site.act else { return };
    let Some(known) = site.table(&insert.table).filter(|known| !site.is_inner && is_certain(site, known)) else {
        return;
    };
    if let Some((key, value)) = known.foreign_keys.iter().find_map(|key| Some((key, orphan(site, insert, known, key)?))) {
        hits.push(
            Hit::new(
                &site.verb_on(),
                format!("the history makes no row of `{}` that `{}` of {value} could point to", key.table, key.columns[0]),
            )
            .help("insert that row first, or look it up with INSERT .. SELECT"),
        );
    }
}

fn is_certain(site: &Site<'_>, known: &Table) -> bool {
    known.triggers.is_empty() && !known.is_vague && !known.is_temporary && site.catalogue.is_certain(known.born)
}

/// A value that is written down, and that no row has which was written down.
fn orphan<'a>(site: &Site<'_>, insert: &'a Insert, known: &Table, key: &Key) -> Option<&'a str> {
    let ([own], [theirs]) = (key.columns.as_slice(), key.references.as_slice()) else { return None };
    let parent = site.catalogue.table_at(&key.table).filter(|parent| is_certain(site, parent) && parent.rows_are_known)?;
    let there: Vec<&str> = parent.column(theirs)?.values.iter().map(|value| literal(value)).collect::<Option<_>>()?;
    let at = match insert.columns.as_slice() {
        [] => known.columns.iter().position(|column| column.name == *own)?,
        names => names.iter().position(|name| name == own)?,
    };
    let values = insert.rows.iter().filter_map(|row| literal(row.get(at)?));
    values.into_iter().find(|value| !there.contains(value)).filter(|_| !is_own(site, insert, key))
}

/// A table that points to itself may be given what it points to in the same statement.
fn is_own(site: &Site<'_>, insert: &Insert, key: &Key) -> bool {
    site.catalogue.key(&insert.table) == key.table
}

/// A number or a text.
fn literal(value: &str) -> Option<&str> {
    let text = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|text| !text.contains('\''));
    text.or_else(|| value.bytes().all(|byte| byte.is_ascii_digit()).then_some(value)).filter(|text| !text.is_empty())
}
