//! A table's CREATE TABLE as SQLite keeps it, taken apart so that a part can be changed and all others stay as they
//! were written, clauses that no model can say included. `introspect` reads the schema from it, `edit` changes it.

use schema_build::schema::{ForeignKey, Generated};
use schema_build::statement::{Kind, Token, tokens};
use schema_runtime::dialect::Dialect;

use super::clause::{begins_constraint, clauses, column_type};
use super::cursor::{Cursor, split};
use super::name;

/// A table's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableSource {
    pub(crate) name: String,
    pub(crate) columns: Vec<ColumnSource>,
    /// Table constraints.
    pub(crate) constraints: Vec<Clause>,
    pub(crate) is_strict: bool,
    pub(crate) is_without_rowid: bool,
}

/// One column's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnSource {
    pub(crate) name: String,
    /// As declared; may be empty.
    pub(crate) ty: String,
    pub(crate) clauses: Vec<Clause>,
    /// As it was written, as long as nothing was changed.
    pub(crate) verbatim: Option<String>,
    pub(crate) remarks: Remarks,
}

/// A constraint of a column or of the table, or another clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// The name after CONSTRAINT.
    pub(crate) name: Option<String>,
    pub(crate) kind: ClauseKind,
    /// As it is written, CONSTRAINT and its name included.
    pub(crate) text: String,
    pub(crate) remarks: Remarks,
}

/// What a clause says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClauseKind {
    /// No columns where it is a column's own.
    PrimaryKey {
        columns: Vec<String>,
        is_descending: bool,
        is_autoincrement: bool,
    },
    NotNull,
    /// No columns where it is a column's own. `is_plain`: in each column's own collation.
    Unique {
        columns: Vec<String>,
        is_plain: bool,
    },
    Check(String),
    Default(String),
    Collate(String),
    /// No columns where it is a column's own.
    ForeignKey(ForeignKey),
    Generated(Generated),
    /// NULL, a name without a constraint.
    Other,
}

/// Comments around an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remarks {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

/// One item between two commas, and the comments around it.
struct Item<'t> {
    tokens: &'t [Token],
    remarks: Remarks,
}

impl TableSource {
    /// Takes a statement apart that SQLite has accepted; `None` for one that it cannot have.
    pub(crate) fn parse(sql: &str) -> Option<Self> {
        let all: Vec<Token> = tokens(sql, Dialect::Sqlite).collect();
        let open = all.iter().position(|token| &sql[token.range()] == "(")?;
        let close = all.iter().rposition(|token| &sql[token.range()] == ")")?;
        let mut source = Self {
            name: table_name(sql, &all[..open])?,
            columns: Vec::new(),
            constraints: Vec::new(),
            is_strict: false,
            is_without_rowid: false,
        };
        for item in items(sql, all.get(open + 1..close)?) {
            source.take(sql, item);
        }
        let mut options = Cursor::part(sql, &all[close + 1..]);
        while !options.is_done() {
            source.is_without_rowid |= options.take(&["without", "rowid"]);
            source.is_strict |= options.take(&["strict"]);
            if !matches!(options.peek(0).to_ascii_lowercase().as_str(), "without" | "strict") {
                options.next();
            }
        }
        Some(source)
    }

    fn take(&mut self, sql: &str, item: Item<'_>) {
        let mut cursor = Cursor::part(sql, item.tokens);
        if cursor.is_done() {
            return;
        }
        if self.columns.is_empty() || !begins_constraint(&cursor) {
            self.columns.push(column(&mut cursor, item.remarks));
        } else {
            // SQLite takes table constraints with or without commas between them.
            self.constraints.extend(clauses(&mut cursor));
            if let Some(last) = self.constraints.last_mut() {
                last.remarks = item.remarks;
            }
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&ColumnSource> {
        self.columns.iter().find(|column| name::is_same(&column.name, name))
    }

    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut ColumnSource> {
        self.columns.iter_mut().find(|column| name::is_same(&column.name, name))
    }

    /// The columns of the primary key, in its order.
    pub(crate) fn key(&self) -> Vec<String> {
        let own =
            self.columns.iter().find(|column| column.key().is_some()).map(|column| vec![column.name.clone()]);
        own.or_else(|| {
            self.constraints.iter().find_map(|clause| match &clause.kind {
                ClauseKind::PrimaryKey { columns, .. } => Some(columns.clone()),
                _ => None,
            })
        })
        .unwrap_or_default()
    }

    /// The column that is another name of the rowid.
    pub(crate) fn rowid_alias(&self) -> Option<&ColumnSource> {
        let key = self.key();
        let [only] = key.as_slice() else { return None };
        let column = self.column(only)?;
        let is_descending = matches!(column.key(), Some((true, _)));
        (column.ty.eq_ignore_ascii_case("integer") && !is_descending && !self.is_without_rowid)
            .then_some(column)
    }

    /// Whether SQLite remembers the highest key ever given.
    pub(crate) fn is_autoincrement(&self) -> bool {
        let own = self.columns.iter().any(|column| matches!(column.key(), Some((_, true))));
        own || self
            .constraints
            .iter()
            .any(|clause| matches!(clause.kind, ClauseKind::PrimaryKey { is_autoincrement: true, .. }))
    }

    /// The statement, under this name.
    pub(crate) fn sql(&self, table: &str) -> String {
        let columns = self.columns.iter().map(|column| (column.sql(), &column.remarks));
        let constraints = self.constraints.iter().map(|clause| (clause.text.clone(), &clause.remarks));
        let items: Vec<_> = columns.chain(constraints).collect();
        let mut sql = format!("CREATE TABLE {} (\n", name::quoted(table));
        for (position, (text, remarks)) in items.iter().enumerate() {
            let comma = if position + 1 < items.len() { "," } else { "" };
            remarks.before.iter().for_each(|remark| sql.push_str(&format!("    {remark}\n")));
            sql.push_str(&format!("    {text}{comma}"));
            remarks.after.iter().for_each(|remark| sql.push_str(&format!(" {remark}")));
            sql.push('\n');
        }
        sql.push(')');
        let options = [(self.is_strict, "STRICT"), (self.is_without_rowid, "WITHOUT ROWID")];
        let options: Vec<&str> =
            options.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word).collect();
        if !options.is_empty() {
            sql.push(' ');
        }
        sql + &options.join(", ")
    }
}

impl ColumnSource {
    /// Its own PRIMARY KEY: descending, autoincrement.
    pub(crate) fn key(&self) -> Option<(bool, bool)> {
        self.clauses.iter().find_map(|clause| match clause.kind {
            ClauseKind::PrimaryKey { is_descending, is_autoincrement, .. } => {
                Some((is_descending, is_autoincrement))
            }
            _ => None,
        })
    }

    pub(crate) fn is_not_null(&self) -> bool {
        self.clauses.iter().any(|clause| clause.kind == ClauseKind::NotNull)
    }

    pub(crate) fn default(&self) -> Option<&str> {
        self.clauses.iter().find_map(|clause| match &clause.kind {
            ClauseKind::Default(value) => Some(value.as_str()),
            _ => None,
        })
    }

    pub(crate) fn generated(&self) -> Option<&Generated> {
        self.clauses.iter().find_map(|clause| match &clause.kind {
            ClauseKind::Generated(generated) => Some(generated),
            _ => None,
        })
    }

    pub(crate) fn collation(&self) -> Option<&str> {
        self.clauses.iter().find_map(|clause| match &clause.kind {
            ClauseKind::Collate(collation) => Some(collation.as_str()),
            _ => None,
        })
    }

    /// The definition.
    pub(crate) fn sql(&self) -> String {
        if let Some(verbatim) = &self.verbatim {
            return verbatim.clone();
        }
        let mut words = vec![name::quoted(&self.name)];
        words.extend((!self.ty.is_empty()).then(|| self.ty.clone()));
        words.extend(self.clauses.iter().map(|clause| clause.text.clone()));
        words.join(" ")
    }
}

impl Clause {
    pub(crate) fn new(name: Option<&str>, kind: ClauseKind, text: String) -> Self {
        let text = match name {
            Some(name) => format!("CONSTRAINT {} {text}", name::quoted(name)),
            None => text,
        };
        Self { name: name.map(str::to_owned), kind, text, remarks: Remarks::default() }
    }
}

/// `CREATE TEMP TABLE IF NOT EXISTS main.name`: the last token is the name.
fn table_name(sql: &str, tokens: &[Token]) -> Option<String> {
    let last = tokens.iter().rfind(|token| token.kind != Kind::Comment)?;
    Some(name::unquoted(&sql[last.range()]))
}

/// Cuts the table's body at its commas. A comment on the line of a comma belongs to the item before it.
fn items<'t>(sql: &str, tokens: &'t [Token]) -> Vec<Item<'t>> {
    let mut items: Vec<Item<'t>> = Vec::new();
    let mut line_start = 0;
    for mut tokens in split(sql, tokens) {
        let text = |token: &Token| sql[token.range()].to_owned();
        while let Some((first, rest)) = tokens.split_first().filter(|(first, _)| first.kind == Kind::Comment)
        {
            let is_same_line = !sql[line_start..first.start].contains('\n');
            let Some(item) = items.last_mut().filter(|_| is_same_line) else { break };
            item.remarks.after.push(text(first));
            tokens = rest;
        }
        let before = tokens.iter().take_while(|token| token.kind == Kind::Comment).count();
        let after = tokens[before..].iter().rev().take_while(|token| token.kind == Kind::Comment).count();
        let end = tokens.len() - after;
        let remarks = Remarks {
            before: tokens[..before].iter().map(text).collect(),
            after: tokens[end..].iter().map(text).collect(),
        };
        line_start = tokens.last().map_or(line_start, |last| last.end);
        items.push(Item { tokens: &tokens[before..end], remarks });
    }
    items
}

fn column(cursor: &mut Cursor<'_>, remarks: Remarks) -> ColumnSource {
    let start = cursor.start();
    let name = cursor.name();
    let ty = column_type(cursor);
    let clauses = clauses(cursor);
    let verbatim = Some(cursor.text(start).to_owned());
    ColumnSource { name, ty, clauses, verbatim, remarks }
}

#[cfg(test)]
mod tests {
    use schema_build::schema::{Action, Deferrable};

    use super::*;

    const USERS: &str = r#"CREATE TABLE "users" ( -- people
  id INTEGER PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT, -- the key
  -- who may log in
  "e mail" VARCHAR( 120 ) CONSTRAINT "filled" NOT NULL ON CONFLICT IGNORE COLLATE NOCASE UNIQUE,
  age INT DEFAULT -1.5e-3 CHECK (age > 0 AND age < 150) /* years */,
  boss references users ON DELETE SET NULL deferrable initially deferred NOT NULL,
  label TEXT GENERATED ALWAYS AS (upper("e mail") || ',') STORED,
  note,
  CONSTRAINT pair UNIQUE (age, note) ON CONFLICT REPLACE
  CHECK (note <> ')'),
  FOREIGN KEY (age, boss) REFERENCES "other"(x, y) ON UPDATE CASCADE
) STRICT, WITHOUT ROWID"#;

    #[test]
    fn every_clause_is_found() {
        let source = TableSource::parse(USERS).expect("a table");
        let names: Vec<&str> = source.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "e mail", "age", "boss", "label", "note"]);
        let types: Vec<&str> = source.columns.iter().map(|column| column.ty.as_str()).collect();
        assert_eq!(types, ["INTEGER", "VARCHAR( 120 )", "INT", "", "TEXT", ""]);
        assert!(source.is_autoincrement() && source.is_strict && source.is_without_rowid);
        assert_eq!(source.columns[2].default(), Some("-1.5e-3"));
        assert!(source.columns[1].is_not_null() && source.columns[3].is_not_null());
        assert_eq!(source.columns[1].collation(), Some("NOCASE"));
        assert!(source.columns[4].generated().is_some_and(|generated| generated.is_stored));
        assert_eq!(source.constraints.len(), 3);
        assert_eq!(source.constraints[0].text, "CONSTRAINT pair UNIQUE (age, note) ON CONFLICT REPLACE");
        let ClauseKind::ForeignKey(key) = &source.columns[3].clauses[0].kind else { panic!("a key") };
        assert_eq!((key.on_delete, key.deferrable), (Action::SetNull, Deferrable::Deferred));
    }

    #[test]
    fn what_is_written_again_means_the_same_and_keeps_its_comments() {
        let source = TableSource::parse(USERS).expect("a table");
        let sql = source.sql("users");
        assert!(sql.contains("AUTOINCREMENT, -- the key\n    -- who may log in\n"), "{sql}");
        assert!(sql.contains("150), /* years */\n"), "{sql}");
        let again = TableSource::parse(&sql).expect("a table");
        assert_eq!(again.columns, source.columns);
        assert_eq!(name::canonical(&again.sql("users")), name::canonical(&sql));
    }
}
