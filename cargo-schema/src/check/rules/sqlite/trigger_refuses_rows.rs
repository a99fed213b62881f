//! `trigger-refuses-rows`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "trigger-refuses-rows",
    level: Warn,
    ways: Up,
    about: "a trigger refuses what programs write so far",
    why: "RAISE(ABORT) makes the statement fail that set the trigger off: whatever runs against the table while the \
          new program is rolled out fails from this moment on, where it does what the trigger forbids.",
    instead: "Roll out the program first that does no such thing, then the trigger, and say so:\n\
          \n    \
          -- schema:allow(trigger-refuses-rows) every version in use fills the slug\n    \
          CREATE TRIGGER ..",
    find,
    examples: &[
        fires(
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, slug TEXT); INSERT INTO posts VALUES (1, 'a', 'a');",
            "CREATE TRIGGER slugs BEFORE INSERT ON posts WHEN NEW.slug IS NULL BEGIN SELECT RAISE(ABORT, 'no slug'); END;",
            Claim::Breaks("INSERT INTO posts (title) VALUES ('b')"),
        ),
        quiet(
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, slug TEXT); INSERT INTO posts VALUES (1, 'a', 'a');",
            "CREATE TRIGGER slugs AFTER INSERT ON posts WHEN NEW.slug IS NULL BEGIN UPDATE posts SET slug = lower(title) WHERE id = NEW.id; END;",
        ),
        quiet(
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, slug TEXT); INSERT INTO posts VALUES (1, 'a', 'a');",
            "CREATE TRIGGER kept BEFORE DELETE ON posts WHEN OLD.slug = 'home' BEGIN SELECT RAISE(ABORT, 'the first page stays'); END;",
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); CREATE TRIGGER ns BEFORE INSERT ON t WHEN NEW.n = '' BEGIN SELECT RAISE(FAIL, 'empty'); END;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTrigger(create) = site.act else { return };
    let statement = site.statement().to_lowercase();
    let is_of_deletes = statement.split(' ').take_while(|word| *word != "on").any(|word| word == "delete");
    let text = create.expr.text.to_lowercase().replace(' ', "");
    let refuses = ["raise(abort", "raise(fail", "raise(rollback"].iter().any(|raise| text.contains(raise));
    let was_there = site.script.start.table(&create.table).is_some_and(|table| table.triggers.contains(&create.name.name));
    if refuses && !is_of_deletes && !was_there && site.is_old(&create.table) {
        hits.push(
            Hit::new(site.span, format!("what programs write to `{}` so far may be refused from now on", create.table))
                .help("roll out first what does nothing that the trigger forbids; then say so with `-- schema:allow(trigger-refuses-rows) why`"),
        );
    }
}
