//! `key-too-long`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "key-too-long",
    level: Deny,
    ways: Up,
    about: "a key is longer than InnoDB can keep",
    why: "A key has 3072 bytes at most (767 with the old row formats), and a character of utf8mb4 \
          counts as four. A primary key that is longer fails (error 1071). MySQL refuses every index; \
          MariaDB cuts one that is not unique, and makes a unique one a hash.",
    instead: "Index a beginning of it, or make the column shorter:\n\
          \n    \
          CREATE TABLE pages (id bigint PRIMARY KEY, url varchar(1000), KEY by_url (url(200)));",
    find,
    examples: &[
        fires("", "CREATE TABLE pages (url varchar(1000) PRIMARY KEY) DEFAULT CHARSET=utf8mb4;", Claim::Fails("1071")),
        fires("", "CREATE TABLE pages (id bigint PRIMARY KEY, url varchar(1000), KEY by_url (url)) DEFAULT CHARSET=utf8mb4;", Claim::Spoils("SELECT SUB_PART IS NULL FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'by_url'")),
        fires("", "CREATE TABLE pages (url text PRIMARY KEY);", Claim::Fails("1170")),
        quiet("", "CREATE TABLE pages (id bigint PRIMARY KEY, url varchar(1000), KEY by_url (url(200))) DEFAULT CHARSET=utf8mb4;"),
        quiet("", "CREATE TABLE pages (url varchar(700) PRIMARY KEY) DEFAULT CHARSET=utf8mb4;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    for (index, span) in site.indexes().into_iter().filter(|(index, _)| index.method.is_none()) {
        let Some(table) = after.table(&index.table) else { continue };
        // All of a TEXT is the subject of another rule.
        let is_long = |column: &String| table.column(column).and_then(|it| it.ty.as_ref()).is_some_and(|ty| innodb::is_long(&ty.name));
        let items = index.items.iter().filter_map(|item| Some((item.column.as_ref()?, item.prefix)));
        let items = items.filter(|(column, prefix)| prefix.is_some() || !is_long(column));
        say(table, &index.table, items.collect(), span, hits);
    }
    for (name, constraint) in innodb::constraints(site) {
        let ConstraintKind::PrimaryKey(key) = &constraint.kind else { continue };
        let Some(table) = after.table(name) else { continue };
        say(table, name, key.columns.iter().map(|column| (column, None)).collect(), &constraint.span, hits);
    }
}

fn say(table: &Table, name: &Name, items: Vec<(&String, Option<u32>)>, span: &std::ops::Range<usize>, hits: &mut Vec<Hit>) {
    let bytes: u32 = items.iter().map(|(column, prefix)| innodb::key_bytes(table, column, *prefix)).sum();
    if bytes > 3072 {
        let columns: Vec<&str> = items.iter().map(|(column, _)| column.as_str()).collect();
        hits.push(
            Hit::new(span, format!("a key of `{name}` over ({}) has {bytes} bytes, and InnoDB keeps 3072", columns.join(", ")))
                .help("index a beginning of it, as in `url(200)`, or make the column shorter"),
        );
    }
}
