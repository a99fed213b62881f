//! `duplicate-index`.

use std::ops::Range;

use crate::check::catalogue::Index;
use crate::check::rules::prelude::*;
use crate::check::sql::act::{CreateIndex, CreateTable};

pub(super) static RULE: Rule = Rule {
    id: "duplicate-index",
    level: Warn,
    ways: Up,
    about: "an index is there twice",
    why: "Both are kept up to date by every write, and reads use one of them.",
    instead: "Leave it out. Where one replaces the other, drop the old one once the new one is there.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX a ON users (email);",
            "CREATE INDEX b ON users (email);",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE INDEX a ON users (email);",
            "CREATE INDEX b ON users (email) WHERE age > 3; CREATE INDEX c ON users (age);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let indexes = site.indexes();
    if indexes.is_empty() {
        return;
    }
    let mut catalogue = site.catalogue.clone();
    if let Act::CreateTable(create) = site.act {
        catalogue.apply(&Act::CreateTable(CreateTable { indexes: Vec::new(), ..create.clone() }), site.script.era);
    }
    for (create, span) in indexes {
        hits.extend(catalogue.table(&create.table).and_then(|table| twin(site, create, span, table)));
        catalogue.apply(&Act::CreateIndex(create.clone()), site.script.era);
    }
}

fn twin(site: &Site<'_>, create: &CreateIndex, span: &Range<usize>, table: &Table) -> Option<Hit> {
    let items: Vec<&String> = create.items.iter().map(|item| &item.text).collect();
    let condition = create.condition.as_ref().map(|condition| &condition.text);
    let method = create.method.as_ref().filter(|method| *method != "btree");
    let own = create.name.as_ref().map(|name| &name.name);
    let is_same = |index: &&Index| {
        !index.is_implicit
            && index.items.iter().eq(items.iter().copied())
            && index.condition.as_ref() == condition
            && index.method.as_ref() == method
            && index.include == create.include
            && (index.is_unique || !create.is_unique)
            && (own.is_none() || index.name.as_ref() != own)
    };
    let same = table.indexes.iter().find(is_same)?;
    if site.drops_index(same.name.as_ref()) {
        return None;
    }
    let name = same.name.as_deref().unwrap_or("an index without a name");
    Some(
        Hit::new(span, format!("`{}` has the same index already: `{name}`", create.table))
            .help("leave it out, or drop the other one: every write keeps both up to date"),
    )
}
