//! `drop-trigger`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-trigger",
    level: Warn,
    ways: Up,
    about: "a trigger goes, and with it what it did",
    why: "What the trigger kept true (a time stamp, an audit row, a copy) is not kept any more, and nothing \
          fails.",
    instead: "Drop it when nothing relies on it, and say so. To change it, make the new one in the same revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.age := 1; RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
            "DROP TRIGGER t ON users;",
            Claim::Loses("SELECT count(*) FROM pg_trigger WHERE tgname = 't'"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.age := 1; RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
            "-- schema:allow(create-trigger) short\nDROP TRIGGER t ON users;\nCREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if drop.object != Object::Trigger || drop.on.as_ref().is_some_and(|table| !site.is_old(table)) {
        return;
    }
    let returns = |name: &Name| {
        site.after()
            .iter()
            .any(|placed| matches!(&placed.act, Act::CreateTrigger(create) if create.name.name == name.name))
    };
    for trigger in drop.names.iter().filter(|name| !returns(name) && !site.is_missing(drop, name)) {
        hits.push(
            Hit::new(
                site.span,
                format!("what the trigger `{trigger}` did is not done any more, and nothing says so"),
            )
            .help("if nothing relies on it, say so above: `-- schema:allow(drop-trigger) why`"),
        );
    }
}
