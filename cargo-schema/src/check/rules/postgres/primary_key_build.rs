//! `primary-key-build`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "primary-key-build",
    level: Warn,
    ways: Up,
    about: "a primary key is built while everybody waits",
    why: "ADD PRIMARY KEY builds an index over all rows, and looks for NULLs, under a lock that lets nobody \
          use the table. An index that is adopted saves the build; a column that may be NULL is still looked \
          at row by row.",
    instead: "Build the index beside the writes, prove that there is no NULL, then adopt it:\n\
          \n    \
          CREATE UNIQUE INDEX CONCURRENTLY users_pkey ON users (id);\n    \
          -- in the next revision:\n    \
          ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint NOT NULL, email text); INSERT INTO users VALUES (1);",
            "ALTER TABLE users ADD PRIMARY KEY (id);",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        fires(
            "CREATE TABLE users (id bigint, email text); INSERT INTO users VALUES (1); CREATE UNIQUE INDEX k ON users (id);",
            "ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k;",
            Claim::Locks("AccessExclusiveLock", "users"),
        ),
        quiet(
            "CREATE TABLE users (id bigint NOT NULL, email text); CREATE UNIQUE INDEX k ON users (id);",
            "ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, constraint) in site.added_constraints().filter(|(table, _)| site.is_old(table)) {
        let ConstraintKind::PrimaryKey(key) = &constraint.kind else { continue };
        match &key.using_index {
            None => hits.push(
                Hit::new(
                    &constraint.span,
                    format!(
                        "nobody can use `{table}` while an index over ({}) is built",
                        key.columns.join(", ")
                    ),
                )
                .help("build a unique index CONCURRENTLY, prove NOT NULL, then PRIMARY KEY USING INDEX"),
            ),
            Some(index) => {
                if let Some(column) = nullable(site, table, index) {
                    hits.push(
                        Hit::new(
                            &constraint.span,
                            format!(
                                "nobody can use `{table}` while every row is asked whether `{column}` is NULL"
                            ),
                        )
                        .help("prove NOT NULL with a validated CHECK, and SET NOT NULL first"),
                    );
                }
            }
        }
    }
}

/// A column of the index that may be NULL, as far as is known.
fn nullable<'a>(site: &Site<'a>, table: &Name, index: &Name) -> Option<&'a str> {
    let known = site.table(table)?;
    let index = known.indexes.iter().find(|it| it.name.as_ref() == Some(&index.name))?;
    let may_be_null = |name: &&String| {
        known.column(name).is_some_and(|column| !column.not_null) && !known.is_proven_not_null(name)
    };
    index.columns.iter().flatten().find(may_be_null).map(String::as_str)
}
