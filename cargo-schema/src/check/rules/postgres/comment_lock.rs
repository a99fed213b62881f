//! `comment-lock`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "comment-lock",
    level: Allow,
    ways: Up,
    about: "COMMENT waits behind vacuum and index builds",
    why: "COMMENT ON TABLE takes a SHARE UPDATE EXCLUSIVE lock, and in a transaction with others holds theirs \
          while it waits.",
    instead: "Put comments into a revision of their own.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "ALTER TABLE users ADD COLUMN a int; COMMENT ON COLUMN users.a IS 'x';",
            Claim::Runs,
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n;",
            "COMMENT ON TABLE users IS 'x';",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Comment(comment) = site.act else { return };
    if matches!(comment.object, Object::Table | Object::Column)
        && site.is_old(&comment.name)
        && site.script.acts.len() > 1
    {
        hits.push(
            Hit::new(site.span, format!("this waits behind vacuum and index builds on `{}`", comment.name))
                .help("put comments into a revision of their own"),
        );
    }
}
