//! `engine-without-transactions`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "engine-without-transactions",
    level: Warn,
    ways: Up,
    about: "a table is kept by an engine without transactions",
    why: "MyISAM, Aria, MEMORY and the like know neither transactions nor foreign keys, lock the whole \
          table for each write, may lose rows in a crash (MEMORY in any restart), and are not \
          replicated by Galera. FOREIGN KEY is accepted and ignored.",
    instead: "Leave the engine out, or say InnoDB:\n\
          \n    \
          CREATE TABLE logs (id bigint PRIMARY KEY) ENGINE=InnoDB;",
    find,
    examples: &[
        fires("", "CREATE TABLE logs (id bigint PRIMARY KEY) ENGINE=MyISAM;", Claim::Spoils("SELECT ENGINE = 'InnoDB' FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'logs'")),
        fires(users!(), "ALTER TABLE users ENGINE = MyISAM;", Claim::Rewrites("users")),
        quiet("", "CREATE TABLE logs (id bigint PRIMARY KEY) ENGINE=InnoDB COMMENT='not MyISAM';"),
        quiet("", "CREATE TEMPORARY TABLE logs (id bigint PRIMARY KEY) ENGINE=MEMORY;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut say = |span: &std::ops::Range<usize>, table: &Name, engine: &str| {
        if !innodb::is_transactional(engine) {
            hits.push(
                Hit::new(span, format!("`{engine}` keeps `{table}` without transactions, foreign keys and safety in a crash"))
                    .help("leave the engine out, or say `ENGINE=InnoDB`"),
            );
        }
    };
    if let Act::CreateTable(create) = site.act
        && !create.is_temporary
    {
        let engines = create.options.iter().filter_map(|option| option.strip_prefix("engine="));
        engines.for_each(|engine| say(site.span, &create.table, engine));
    }
    for (table, action) in site.changes() {
        if let ActionKind::SetEngine(engine) = &action.kind {
            say(&action.span, table, engine);
        }
    }
}
