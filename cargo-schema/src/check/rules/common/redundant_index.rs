//! `redundant-index`.

use std::ops::Range;

use crate::check::catalogue::Index;
use crate::check::rules::prelude::*;
use crate::check::sql::act::CreateIndex;

pub(super) static RULE: Rule = Rule {
    id: "redundant-index",
    level: Warn,
    ways: Up,
    about: "an index is the beginning of another",
    why: "An index over (a, b) answers whatever one over (a) answers. Every write keeps both up to date.",
    instead: "Leave the shorter one out, unless it is unique.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE INDEX a ON users (email, age);",
            "CREATE INDEX b ON users (email);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE INDEX a ON users (email, age);",
            "CREATE INDEX b ON users (age);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    if !matches!(site.act, Act::CreateTable(_)) {
        let indexes = site.indexes().into_iter();
        hits.extend(indexes.filter_map(|(create, span)| shorter(site, create, span)));
    }
}

fn shorter(site: &Site<'_>, create: &CreateIndex, span: &Range<usize>) -> Option<Hit> {
    let table = site.table(&create.table)?;
    if create.is_unique
        || create.condition.is_some()
        || create.method.as_ref().is_some_and(|it| it != "btree")
    {
        return None;
    }
    let items: Vec<&str> = create.items.iter().map(|item| item.text.as_str()).collect();
    let is_longer = |index: &&Index| {
        !index.is_implicit
            && index.condition.is_none()
            && index.method.is_none()
            && index.items.len() > items.len()
            && index.items.iter().zip(&items).all(|(theirs, own)| theirs == own)
            && create.include.iter().all(|column| index.include.contains(column))
    };
    let longer = table.indexes.iter().find(is_longer).filter(|it| !site.drops_index(it.name.as_ref()))?;
    let name = longer.name.as_deref().unwrap_or("an index without a name");
    Some(
        Hit::new(
            span,
            format!(
                "`{name}` of `{}` begins with the same columns, and answers the same questions",
                create.table
            ),
        )
        .help("leave this one out: every write keeps both up to date"),
    )
}
