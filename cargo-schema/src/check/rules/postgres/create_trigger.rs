//! `create-trigger`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "create-trigger",
    level: Warn,
    ways: Up,
    about: "a trigger makes writes wait, and changes what they do",
    why: "CREATE TRIGGER takes a SHARE ROW EXCLUSIVE lock: writes wait while it waits for those under way. \
          From then on every write runs it.",
    instead: "Keep the transaction short, and say what it is for:\n\
          \n    \
          -- schema:allow(create-trigger) keeps updated_at\n    \
          CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;",
            "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
            Claim::Locks("ShareRowExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
            "CREATE OR REPLACE TRIGGER t BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();",
        ),
        quiet(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;",
            "CREATE TABLE fresh (id bigint PRIMARY KEY, email text, age int); CREATE TRIGGER t BEFORE INSERT ON fresh FOR EACH ROW EXECUTE FUNCTION f();",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTrigger(create) = site.act else { return };
    let known = site.script.start.other_born(Object::Trigger, &create.name, Some(&create.table));
    if site.is_old(&create.table) && known.is_none() {
        hits.push(
            Hit::new(site.span, format!("writes to `{}` wait for it, and run `{}` from then on", create.table, create.name))
                .help("keep the transaction short, and say what it is for above: `-- schema:allow(create-trigger) why`"),
        );
    }
}
