//! `inline-reference-ignored`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "inline-reference-ignored",
    level: Allow,
    ways: Up,
    about: "a foreign key stands beside its column",
    why: "MySQL before 9.0 reads `REFERENCES` beside a column and ignores it: there is no foreign key, \
          and nothing says so. MariaDB makes one.",
    instead: "Write it as a clause of the table, which every server obeys:\n\
          \n    \
          CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));",
    find,
    examples: &[
        fires(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));", Claim::Runs),
        quiet(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column) in innodb::columns(site) {
        if column.constraints.iter().any(|it| matches!(it.kind, ConstraintKind::ForeignKey(_))) {
            hits.push(
                Hit::new(&column.span, format!("MySQL before 9.0 ignores the foreign key beside `{table}.{}`", column.name))
                    .help("write it as a clause of the table: `FOREIGN KEY (..) REFERENCES ..`"),
            );
        }
    }
}
