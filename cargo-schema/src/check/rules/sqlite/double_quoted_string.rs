//! `double-quoted-string`.

use crate::check::rules::prelude::*;
use crate::check::sql::part::{Expr, IndexItem};

pub(super) static RULE: Rule = Rule {
    id: "double-quoted-string",
    level: Warn,
    ways: Up,
    about: "a string in double quotes",
    why: "Double quotes are for names. Where nothing has the name SQLite takes it for a string, so a slip \
          in a name is no error: the index is over a constant, the condition compares with a word.",
    instead: "Write strings in single quotes:\n\
          \n    \
          status TEXT DEFAULT 'new'",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT DEFAULT \"new\");",
            Claim::Runs,
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX emails ON users (\"emial\");",
            Claim::Runs,
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "DELETE FROM users WHERE \"emial\" = 'a' OR email = \"a\";",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE INDEX emails ON \"users\" (\"email\"); DELETE FROM users WHERE \"email\" = 'x';",
        ),
        quiet(
            "",
            "CREATE TABLE \"t\" (\"id\" INTEGER PRIMARY KEY, \"status\" TEXT DEFAULT 'new' CHECK (\"status\" <> ''));",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut look = |span: &std::ops::Range<usize>, expr: &Expr, is_name: &dyn Fn(&str) -> bool| {
        if let Some(word) = expr.quoted.iter().find(|word| !is_name(word)) {
            hits.push(
                Hit::new(span, format!("nothing is called `{word}` here, so SQLite takes it for a string"))
                    .help("write strings in single quotes; if it is a name, correct it"),
            );
        }
    };
    let is_column = |table: &Name| {
        let known = site.table(table).filter(|table| !table.is_vague);
        move |word: &str| known.is_none_or(|known| is_rowid(word) || known.column(word).is_some())
    };
    match site.act {
        Act::CreateTable(create) => {
            let is_own = |word: &str| create.columns.iter().any(|it| it.name.name == word) || create.table.name == word;
            for column in &create.columns {
                of_column(column).for_each(|(expr, is_default)| look(&column.span, expr, &|word| !is_default && is_own(word)));
            }
            for constraint in &create.constraints {
                if let ConstraintKind::Check(expr) = &constraint.kind {
                    look(&constraint.span, expr, &is_own);
                }
            }
        }
        Act::AlterTable(alter) => {
            let is_there = is_column(&alter.table);
            for (_, column) in site.added_columns() {
                let is_own = |word: &str| column.name.name == word || is_there(word);
                of_column(column).for_each(|(expr, is_default)| look(&column.span, expr, &|word| !is_default && is_own(word)));
            }
        }
        Act::CreateIndex(create) => {
            let quoted = create.items.iter().filter(|item| item.is_quoted_at(site)).filter_map(|item| item.column.clone());
            let items = Expr { quoted: quoted.collect(), ..Expr::default() };
            look(site.span, &items, &is_column(&create.table));
            create.condition.iter().for_each(|expr| look(site.span, expr, &is_column(&create.table)));
        }
        Act::Update(change) | Act::Delete(change) if change.expr.tables.len() == 1 => {
            let is_there = is_column(&change.table);
            let is_known = |word: &str| word == change.table.name || is_there(word);
            look(site.span, &change.expr, &is_known);
        }
        Act::Insert(insert) if insert.copy.is_none() && !insert.is_upsert => {
            let is_there = is_column(&insert.table);
            look(site.span, &insert.expr, &|word| word == insert.table.name || is_there(word));
        }
        _ => {}
    }
}

/// The expressions beside a column, and whether each is its default, in which there are no names.
fn of_column(column: &Column) -> impl Iterator<Item = (&Expr, bool)> {
    let checks = column.constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Check(expr) => Some((expr, false)),
        _ => None,
    });
    let generated = column.generated.iter().map(|generated| (&generated.expr, false));
    column.default.iter().map(|default| (default, true)).chain(checks).chain(generated)
}

fn is_rowid(word: &str) -> bool {
    matches!(word, "rowid" | "oid" | "_rowid_" | "true" | "false")
}

impl IndexItem {
    /// Whether the column stands in double quotes; without them SQLite takes it for a name alone.
    fn is_quoted_at(&self, site: &Site<'_>) -> bool {
        let column = self.column.as_deref().unwrap_or_default();
        site.statement().to_lowercase().contains(&format!("\"{column}\""))
    }
}
