//! `drop-cascade`.

use crate::check::rules::prelude::*;
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    id: "drop-cascade",
    level: Deny,
    ways: Up,
    about: "CASCADE drops what depends on it, whatever that is",
    why: "Views, constraints, columns and functions that depend on the object go with it, and nobody says \
          which.",
    instead: "Leave CASCADE out: PostgreSQL then names what is in the way, and each can be dropped on purpose.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "ALTER TABLE users DROP COLUMN email CASCADE;",
            Claim::Breaks("SELECT * FROM names"),
        ),
        quiet(
            "",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE VIEW v AS SELECT id FROM fresh; DROP TABLE fresh CASCADE;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if let Act::Drop(drop) = site.act
        && drop.cascade
        && drop.object != Object::Schema
        && !drop.names.iter().all(|name| is_new(site, drop.object, name) || site.is_missing(drop, name))
    {
        let names: Vec<String> = drop.names.iter().map(Name::to_string).collect();
        hits.push(hit(site.span, &names.join("`, `")));
    }
    for (table, action) in site.changes_of_old() {
        match &action.kind {
            ActionKind::DropColumn { column, cascade: true, .. } => {
                hits.push(hit(&action.span, &format!("{table}.{column}")));
            }
            ActionKind::DropConstraint { name, cascade: true, .. } => hits.push(hit(&action.span, name)),
            _ => {}
        }
    }
}

fn is_new(site: &Site<'_>, object: Object, name: &Name) -> bool {
    let born = match object {
        Object::Table => return !site.is_old(name),
        Object::View | Object::MaterializedView => site.catalogue.view(name).map(|it| it.born),
        Object::Type => site.catalogue.enum_type(&name.name).map(|it| it.born),
        Object::Domain => site.catalogue.domain(&name.name).map(|it| it.born),
        _ => None,
    };
    born.is_some_and(|born| site.is_fresh(born))
}

fn hit(span: &Range<usize>, name: &str) -> Hit {
    Hit::new(span, format!("whatever depends on `{name}` goes with it, and nobody says what"))
        .help("leave CASCADE out, and drop what PostgreSQL names on purpose")
}
