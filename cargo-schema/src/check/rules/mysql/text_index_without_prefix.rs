//! `text-index-without-prefix`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "text-index-without-prefix",
    level: Warn,
    ways: Up,
    about: "all of a TEXT or BLOB is indexed",
    why: "MySQL refuses it (error 1170). MariaDB cuts the index to 768 characters with a note, and \
          makes a unique one a hash, which answers no ranges and no sorting.",
    instead: "Say how many characters are indexed, or index a hash of it:\n\
          \n    \
          CREATE INDEX users_note ON users (note(100));",
    find,
    examples: &[
        fires("", "CREATE TABLE notes (id bigint PRIMARY KEY, body text, KEY by_body (body));", Claim::Runs),
        fires(users!("ALTER TABLE users ADD note text;"), "CREATE INDEX users_note ON users (note);", Claim::Runs),
        quiet("", "CREATE TABLE notes (id bigint PRIMARY KEY, body text, KEY by_body (body(50)), FULLTEXT KEY (body));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    for (index, span) in site.indexes().into_iter().filter(|(index, _)| index.method.is_none()) {
        let Some(table) = after.table(&index.table) else { continue };
        for item in index.items.iter().filter(|item| item.prefix.is_none()) {
            let ty = item.column.as_ref().and_then(|column| table.column(column)?.ty.as_ref());
            if let Some(ty) = ty.filter(|ty| innodb::is_long(&ty.name)) {
                hits.push(
                    Hit::new(span, format!("`{}` is `{}`, of which MySQL indexes only a beginning", item.text, ty.name))
                        .help(format!("say how much of it: `{}(100)`", item.text)),
                );
            }
        }
    }
}
