//! `index-dropped`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "index-dropped",
    level: Allow,
    ways: Up,
    about: "an index goes that queries may need",
    why: "It is done at once, and queries that used it read whole tables from then on. Programs that \
          name it in USE INDEX fail.",
    instead: "Hide it first, and drop it when nothing got slower: `ALTER INDEX .. IGNORED` on MariaDB, \
          `INVISIBLE` on MySQL 8:\n\
          \n    \
          ALTER TABLE users ALTER INDEX users_age IGNORED;",
    find,
    examples: &[
        fires(users!("CREATE INDEX users_age ON users (age);"), "DROP INDEX users_age ON users;", Claim::Breaks("SELECT id FROM users USE INDEX (users_age)")),
        quiet(users!("CREATE INDEX users_age ON users (age);"), "ALTER TABLE users ALTER INDEX users_age IGNORED;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut say = |span: &std::ops::Range<usize>, name: &str| {
        hits.push(
            Hit::new(span, format!("queries that use the index `{name}` read whole tables from then on"))
                .help("hide it first, and drop it when nothing got slower"),
        );
    };
    if let Act::Drop(drop) = site.act
        && drop.object == Object::Index
    {
        drop.names.iter().for_each(|name| say(site.span, &name.name));
    }
    for (_, action) in site.changes_of_old() {
        if let ActionKind::DropIndex { name } = &action.kind {
            say(&action.span, name);
        }
    }
}
