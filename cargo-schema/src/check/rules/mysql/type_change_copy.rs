//! `type-change-copy`.

use crate::check::rules::innodb::{self, Conversion, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "type-change-copy",
    level: Warn,
    ways: Up,
    about: "the type of a column changes so that every row is copied",
    why: "InnoDB changes almost no type in place: it copies every row, programs wait to write until it \
          is done, and replicas fall behind by as long. Free are a longer varchar whose length keeps \
          its size on the disk (up to 255 bytes, or from 127 bytes or less; MySQL 8: both up to 255 \
          bytes, or both above), values behind those of an ENUM or SET, and utf8mb3 to utf8mb4.",
    instead: "Add a column of the new type, write both, copy in batches, and swap them in a later release. \
          Or state what may happen, so that the server refuses instead of copying:\n\
          \n    \
          ALTER TABLE users MODIFY email varchar(120), ALGORITHM=INSTANT;",
    find,
    examples: &[
        fires(users!(), "ALTER TABLE users MODIFY age bigint;", Claim::Rewrites("users")),
        fires(users!("ALTER TABLE users ADD name varchar(50);"), "ALTER TABLE users CHANGE COLUMN name name varchar(255);", Claim::Rewrites("users")),
        fires(users!("ALTER TABLE users ADD name varchar(20) CHARACTER SET latin1;"), "ALTER TABLE users MODIFY name varchar(20);", Claim::Rewrites("users")),
        quiet(users!("ALTER TABLE users MODIFY email varchar(40);"), "ALTER TABLE users MODIFY email varchar(63);"),
        quiet(users!(), "ALTER TABLE users MODIFY age int(11) DEFAULT 5;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Copy, |table, action| {
        let (known, column, definition) = innodb::redefinition(site, table, action)?;
        let kind = innodb::conversion(site.table(table)?, known, definition);
        (kind == Conversion::Copy).then(|| format!("`{table}.{column}` becomes `{}`", innodb::type_text(definition)))
    });
    let is_told = innodb::alter(site).is_some_and(|alter| !alter.options.is_empty());
    for (table, action) in site.changes_of_old().filter(|_| !is_told) {
        let ActionKind::RedefineColumn { column, definition } = &action.kind else { continue };
        if site.table(table).is_none_or(|known| known.column(column).is_none()) {
            let ty = innodb::type_text(definition);
            let what = format!("unless `{table}.{column}` is `{ty}` already, every row is copied, and nobody can write meanwhile");
            hits.push(Hit::new(&action.span, what).help("say `ALGORITHM=INSTANT` or `LOCK=NONE`, and the server refuses instead"));
        }
    }
}
