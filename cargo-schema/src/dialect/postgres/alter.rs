//! What happens to one table that is there and stays: the clauses of ALTER TABLE, together where nothing has to
//! happen in between, and the statements around them.

use schema_build::schema::{Column, Identity, Unique};

use super::cast;
use super::define;
use super::introspect::{Catalogue, Entry};
use super::name::{beside, mentions, path, quoted, split, string};
use super::types;
use crate::dialect::script::Group;
use crate::operation::{Operation, Part};

/// A table, what there is of it, and what is to become of it.
pub(super) struct Change<'a> {
    pub(super) table: &'a str,
    pub(super) before: Option<&'a Entry>,
    /// On the way back: the catalogue as it was.
    pub(super) like: Option<&'a Catalogue>,
    pub(super) operations: Vec<&'a Operation>,
    /// It has no rows: it was made in the same script.
    pub(super) is_new: bool,
}

/// The statements, stage by stage: later ones need what earlier ones did.
#[derive(Default)]
struct Stages {
    comments: Vec<String>,
    /// Indexes that go, guards, sequences that are put aside.
    ahead: Vec<String>,
    /// What goes, what is new, other types.
    first: Vec<String>,
    /// Other names of what belongs to the table.
    renames: Vec<String>,
    /// Values for rows that exist.
    filled: Vec<String>,
    /// What rows must fulfil from now on, and columns that go.
    second: Vec<String>,
    /// Validation, new indexes, comments, numbers.
    after: Vec<String>,
}

impl Change<'_> {
    /// The statements, with the words above them.
    pub(super) fn group(&self) -> Group {
        let mut stages = Stages::default();
        for operation in &self.operations {
            match operation {
                Operation::AddColumn { column, .. } => self.add(column, &mut stages),
                Operation::AlterColumn { from, to, .. } => self.alter(from, to, &mut stages),
                Operation::DropColumn { column, .. } => self.drop(column, &mut stages),
                Operation::AddPart { part, .. } => self.add_part(part, &mut stages),
                Operation::DropPart { part, .. } => self.drop_part(part, &mut stages),
                Operation::RenamePart { from, to, .. } => self.rename_part(from, to, &mut stages),
                Operation::AlterTable { to, .. } => {
                    stages.after.push(define::comment_on_table(self.table, to.comment.as_ref()));
                }
                _ => {}
            }
        }
        self.joined(stages)
    }

    fn joined(&self, mut stages: Stages) -> Group {
        if stages.renames.is_empty() && stages.filled.is_empty() {
            stages.first.append(&mut stages.second);
        }
        let mut statements = stages.ahead;
        statements.extend(define::alter(self.table, &stages.first));
        statements.append(&mut stages.renames);
        if self.defers() && !stages.filled.is_empty() {
            // Rows that changed wait for their deferred keys, and a table that waits cannot be altered.
            statements.push("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
        }
        statements.append(&mut stages.filled);
        statements.extend(define::alter(self.table, &stages.second));
        statements.append(&mut stages.after);
        Group { comments: stages.comments, statements }
    }

    fn is_way_back(&self) -> bool {
        self.like.is_some()
    }

    fn defers(&self) -> bool {
        let is_deferred = |definition: &str| definition.contains("INITIALLY DEFERRED");
        self.before.is_some_and(|entry| {
            entry.constraints.values().any(|source| is_deferred(&source.definition))
                || entry.attached.iter().any(|other| is_deferred(&other.definition))
        })
    }

    fn update(&self, column: &str, value: &str, only_null: bool) -> String {
        let name = quoted(column);
        let condition = if only_null { format!(" WHERE {name} IS NULL") } else { String::new() };
        format!("UPDATE {} SET {name} = {value}{condition}", path(self.table))
    }

    fn add(&self, column: &Column, stages: &mut Stages) {
        let backfill = match (&column.backfill, self.is_way_back()) {
            (Some(backfill), false) => Some(backfill.clone()),
            (_, true) => self.placeholder(column),
            (None, false) => None,
        };
        if self.is_way_back() {
            stages
                .comments
                .push(format!("The values of `{}.{}` are gone for good.", self.table, column.name));
        }
        let is_default = |backfill: &String| column.default.as_ref() == Some(backfill);
        match backfill.filter(|backfill| !is_default(backfill)) {
            None => stages.first.push(format!("ADD COLUMN {}", define::column(column))),
            Some(backfill) => {
                let bare = Column { is_nullable: true, default: None, ..column.clone() };
                stages.first.push(format!("ADD COLUMN {}", define::column(&bare)));
                stages.filled.push(self.update(&column.name, &backfill, false));
                let name = quoted(&column.name);
                if let Some(default) = &column.default {
                    let default = define::default(default);
                    stages.second.push(format!("ALTER COLUMN {name} SET DEFAULT {default}"));
                }
                if !column.is_nullable {
                    stages.second.push(format!("ALTER COLUMN {name} SET NOT NULL"));
                }
            }
        }
        if column.comment.is_some() {
            stages.after.push(define::comment_on_column(self.table, column));
        }
    }

    /// A value for a column that comes back without its values and must not be NULL; none for a foreign key, which
    /// would have to point to somebody, and for what must be unique.
    fn placeholder(&self, column: &Column) -> Option<String> {
        let is_numbered =
            column.identity.is_some() || types::behind_serial(types::text(&column.ty)).is_some();
        if column.is_nullable || column.default.is_some() || column.generated.is_some() || is_numbered {
            return None;
        }
        let like = self.like.and_then(|like| like.tables.get(self.table));
        let holds = |columns: &[String]| columns.contains(&column.name);
        if like.is_some_and(|entry| entry.table.foreign_keys.iter().any(|key| holds(&key.columns))) {
            return None;
        }
        let ty = types::text(&column.ty);
        let base = like
            .and_then(|entry| entry.columns.iter().find(|source| source.name == column.name)?.base.clone());
        let ty = base.as_deref().unwrap_or(ty);
        let value = super::seed::zero(ty, self.like)?;
        let is_unique = like.is_some_and(|entry| {
            let key = entry.table.primary_key.iter().map(|key| &key.columns);
            key.chain(entry.table.uniques.iter().map(|unique| &unique.columns)).any(|columns| holds(columns))
        });
        if is_unique { super::seed::counted(ty) } else { Some(value) }
    }

    fn drop(&self, column: &Column, stages: &mut Stages) {
        if !self.is_way_back() {
            stages.comments.push(format!("The values of `{}.{}` are lost.", self.table, column.name));
        }
        stages.second.push(format!("DROP COLUMN {}", quoted(&column.name)));
    }

    fn alter(&self, from: &Column, to: &Column, stages: &mut Stages) {
        let name = quoted(&to.name);
        if from.generated != to.generated && to.generated.is_some() {
            return self.recompute(from, to, stages);
        }
        if from.generated.is_some() && to.generated.is_none() {
            // In a statement of its own: a computed column cannot be cast, not even in the statement that frees it.
            stages
                .ahead
                .push(format!("ALTER TABLE {} ALTER COLUMN {name} DROP EXPRESSION", path(self.table)));
        }
        let (old, new) = (types::text(&from.ty), types::text(&to.ty));
        let integer = |ty| types::behind_serial(ty).unwrap_or(ty).to_owned();
        let (old_base, new_base) = (integer(old), integer(new));
        let changes_type = old_base != new_base || from.collation != to.collation;
        let is_other_default = from.default != to.default;
        let is_carried = |default: &String| !is_other_default && cast::carries(default, &old_base, &new_base);
        let drops_default = from.default.as_ref().is_some_and(|default| {
            old_base != new_base && !is_carried(default) || is_other_default && to.default.is_none()
        });
        if drops_default {
            stages.first.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        self.unnumber(from, to, stages);
        if changes_type {
            self.change_type(from, to, (&old_base, &new_base), stages);
        }
        if let Some(default) = to.default.as_ref().filter(|_| is_other_default || drops_default) {
            stages.second.push(format!("ALTER COLUMN {name} SET DEFAULT {}", define::default(default)));
        }
        self.nullability(from, to, stages);
        self.number(from, to, stages);
        if from.comment != to.comment {
            stages.after.push(define::comment_on_column(self.table, to));
        }
    }

    /// PostgreSQL before 17 cannot change what a column is computed of.
    fn recompute(&self, from: &Column, to: &Column, stages: &mut Stages) {
        if from.generated.is_none() && !self.is_way_back() {
            stages.comments.push(format!(
                "The values of `{}.{}` are lost: it is computed from now on.",
                self.table, to.name
            ));
        }
        stages.first.push(format!("DROP COLUMN {}", quoted(&from.name)));
        stages.first.push(format!("ADD COLUMN {}", define::column(to)));
        if to.comment.is_some() {
            stages.after.push(define::comment_on_column(self.table, to));
        }
    }

    fn change_type(&self, from: &Column, to: &Column, (old, new): (&str, &str), stages: &mut Stages) {
        let name = quoted(&to.name);
        let sql = |ty: &str| types::sql(&schema_build::schema::ColumnType::Sql(ty.to_owned()));
        let (old_sql, new_sql) = (sql(old), sql(new));
        if let Some(condition) = cast::loss(&name, old, new, &old_sql, &new_sql) {
            stages.ahead.extend(self.guard(&to.name, &new_sql, &condition));
        }
        self.step_aside(&to.name, stages);
        let using =
            cast::using(&name, old, new, &new_sql).map_or(String::new(), |value| format!(" USING {value}"));
        let collation = match (&from.collation, &to.collation) {
            (_, Some(name)) => format!(" COLLATE {}", define::collation(name)),
            (Some(_), None) if old == new => " COLLATE \"default\"".to_owned(),
            // Another type comes with its own collation, or has none.
            (Some(_) | None, None) => String::new(),
        };
        stages.first.push(format!("ALTER COLUMN {name} TYPE {new_sql}{collation}{using}"));
    }

    /// Columns that are computed of this one go, and come back computed of what it has become.
    fn step_aside(&self, column: &str, stages: &mut Stages) {
        for computed in computed_of(self.before, &self.operations, column) {
            let drop = format!("DROP COLUMN {}", quoted(&computed.name));
            if stages.first.contains(&drop) {
                continue;
            }
            stages.first.push(drop);
            stages.first.push(format!("ADD COLUMN {}", define::column(computed)));
            if computed.comment.is_some() {
                stages.after.push(define::comment_on_column(self.table, computed));
            }
        }
    }

    /// Stops where a value would become another one.
    fn guard(&self, column: &str, ty: &str, condition: &str) -> [String; 2] {
        let table = path(self.table);
        let message = string(&format!("a value of {}.{column} would not be the same as {ty}", self.table))
            .replace('%', "%%");
        let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        let block = format!(
            "DO $guard$\nBEGIN\n    IF EXISTS (SELECT FROM {table} WHERE {condition}) THEN\n        RAISE EXCEPTION {message};\n    END IF;\nEND\n$guard$"
        );
        [lock, block]
    }

    fn nullability(&self, from: &Column, to: &Column, stages: &mut Stages) {
        let name = quoted(&to.name);
        match (from.is_nullable, to.is_nullable) {
            (true, false) => {
                if let Some(backfill) = to.backfill.as_ref().filter(|_| !self.is_way_back()) {
                    stages.filled.push(self.update(&to.name, backfill, true));
                }
                stages.second.push(format!("ALTER COLUMN {name} SET NOT NULL"));
            }
            // Before identity is added, after it was dropped, and after the key that forbade it.
            (false, true) => stages.second.push(format!("ALTER COLUMN {name} DROP NOT NULL")),
            (true, true) | (false, false) => {}
        }
    }

    /// The sequence of a serial column, as it is called.
    fn sequence(&self, column: &str) -> String {
        let of = |entry: &Entry| {
            let source = entry.columns.iter().find(|source| source.name == column)?;
            Some(source.sequence.as_ref()?.name.clone())
        };
        let name = self.before.and_then(of);
        name.map_or_else(
            || beside(self.table, &format!("{}_{column}_seq", split(self.table).1)),
            |name| path(&name),
        )
    }

    /// A column that was numbered and is so no more, or in another way. The next number is kept.
    fn unnumber(&self, from: &Column, to: &Column, stages: &mut Stages) {
        let name = quoted(&to.name);
        let was_serial = types::behind_serial(types::text(&from.ty)).is_some();
        let is_serial = types::behind_serial(types::text(&to.ty)).is_some();
        if was_serial && !is_serial {
            let sequence = self.sequence(&to.name);
            stages.ahead.push(format!("ALTER TABLE {} ALTER COLUMN {name} DROP DEFAULT", path(self.table)));
            if to.identity.is_some() {
                let aside = self.aside(&to.name);
                stages.ahead.push(format!("ALTER SEQUENCE {sequence} RENAME TO {}", quoted(&aside)));
                // Else the column would have two sequences, and who asks for its own would get this one.
                stages.ahead.push(format!("ALTER SEQUENCE {} OWNED BY NONE", beside(self.table, &aside)));
            } else {
                stages.ahead.push(format!("DROP SEQUENCE {sequence}"));
            }
        }
        if was_serial && is_serial && from.ty != to.ty {
            let ty = types::behind_serial(types::text(&to.ty)).unwrap_or("BIGINT");
            stages.after.push(format!("ALTER SEQUENCE {} AS {ty}", self.sequence(&to.name)));
        }
        if from.identity.is_some() && to.identity.is_none() {
            stages.ahead.extend(is_serial.then(|| self.remember(&to.name)).into_iter().flatten());
            // In a statement of its own: what is numbered cannot be cast, not even in the statement that frees it.
            stages.ahead.push(format!("ALTER TABLE {} ALTER COLUMN {name} DROP IDENTITY", path(self.table)));
        }
    }

    fn aside(&self, column: &str) -> String {
        format!("{}_{column}_seq__old", split(self.table).1)
    }

    /// The sequence of an identity goes with it, its next number first.
    fn remember(&self, column: &str) -> [String; 2] {
        let aside = beside(self.table, &self.aside(column));
        let value =
            format!("nextval(pg_get_serial_sequence({}, {}))", string(&path(self.table)), string(column));
        [format!("CREATE SEQUENCE {aside}"), format!("SELECT setval({}, {value}, false)", string(&aside))]
    }

    fn number(&self, from: &Column, to: &Column, stages: &mut Stages) {
        let name = quoted(&to.name);
        let was_serial = types::behind_serial(types::text(&from.ty)).is_some();
        match (from.identity, to.identity) {
            (None, Some(identity)) => {
                // The clause needs NOT NULL, which is set in the same statement, before.
                let clause = format!("ALTER COLUMN {name} ADD {}", define::generated_as(identity));
                if from.ty == to.ty || was_serial {
                    stages.second.push(clause);
                } else {
                    stages.after.push(format!("ALTER TABLE {} {clause}", path(self.table)));
                }
                stages.after.extend(self.continued(&to.name, was_serial));
            }
            (Some(Identity::ByDefault), Some(Identity::Always)) => {
                stages.second.push(format!("ALTER COLUMN {name} SET GENERATED ALWAYS"));
            }
            (Some(Identity::Always), Some(Identity::ByDefault)) => {
                stages.second.push(format!("ALTER COLUMN {name} SET GENERATED BY DEFAULT"));
            }
            (_, None) | (Some(_), Some(_)) => {}
        }
        if types::behind_serial(types::text(&to.ty)).is_some() && !was_serial {
            self.serial(from, to, stages);
        }
    }

    fn serial(&self, from: &Column, to: &Column, stages: &mut Stages) {
        let sequence = match self.like.and_then(|like| like.tables.get(self.table)) {
            Some(entry) => {
                Change { before: Some(entry), like: None, operations: Vec::new(), ..*self }.sequence(&to.name)
            }
            None => beside(self.table, &format!("{}_{}_seq", split(self.table).1, to.name)),
        };
        let (table, name) = (path(self.table), quoted(&to.name));
        let ty = types::behind_serial(types::text(&to.ty)).unwrap_or("BIGINT");
        stages.after.push(format!("CREATE SEQUENCE {sequence} AS {ty} OWNED BY {table}.{name}"));
        if from.identity.is_some() {
            let aside = beside(self.table, &self.aside(&to.name));
            stages.after.push(format!(
                "SELECT setval({}, nextval({}), false)",
                string(&sequence),
                string(&aside)
            ));
            stages.after.push(format!("DROP SEQUENCE {aside}"));
        } else {
            stages.after.push(format!(
                "SELECT setval({}, coalesce(max({name}), 0) + 1, false) FROM {table}",
                string(&sequence)
            ));
        }
        stages.after.push(format!(
            "ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval({})",
            string(&sequence)
        ));
    }

    /// An identity goes on where the column's numbers have got to.
    fn continued(&self, column: &str, was_serial: bool) -> Vec<String> {
        let own = format!("pg_get_serial_sequence({}, {})", string(&path(self.table)), string(column));
        if was_serial {
            let aside = beside(self.table, &self.aside(column));
            return vec![
                format!("SELECT setval({own}, nextval({}), false)", string(&aside)),
                format!("DROP SEQUENCE {aside}"),
            ];
        }
        let name = quoted(column);
        vec![format!(
            "SELECT setval({own}, greatest(coalesce(max({name}), 0), 0) + 1, false) FROM {}",
            path(self.table)
        )]
    }

    fn add_part(&self, part: &Part, stages: &mut Stages) {
        if let Some(definition) = self.definition_of(part) {
            return match definition {
                Definition::Constraint(sql) => stages.second.push(format!("ADD {sql}")),
                Definition::Index(sql) => stages.after.push(sql),
            };
        }
        match part {
            Part::PrimaryKey(key) => stages.second.push(format!("ADD {}", define::primary_key(key))),
            Part::Unique(unique) if !self.is_way_back() || unique.is_constraint => {
                stages.second.push(format!("ADD {}", define::unique(&as_constraint(unique))));
            }
            Part::Unique(unique) => stages.after.push(define::index(self.table, &define::index_of(unique))),
            Part::Index(index) => stages.after.push(define::index(self.table, index)),
            Part::Check(check) if self.is_new => stages.second.push(format!("ADD {}", define::check(check))),
            Part::Check(check) => {
                stages.second.push(format!("ADD {} NOT VALID", define::check(check)));
                stages.after.extend(check.name.as_ref().map(|name| self.validate(name)));
            }
            Part::ForeignKey(key) if self.is_new => {
                stages.second.push(format!("ADD {}", define::foreign_key(key)));
            }
            Part::ForeignKey(key) => {
                stages.second.push(format!("ADD {} NOT VALID", define::foreign_key(key)));
                stages.after.extend(key.name.as_ref().map(|name| self.validate(name)));
            }
        }
    }

    fn validate(&self, constraint: &str) -> String {
        format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", path(self.table), quoted(constraint))
    }

    /// On the way back: what it was, in PostgreSQL's own words.
    fn definition_of(&self, part: &Part) -> Option<Definition> {
        let like = self.like?.tables.get(self.table)?;
        let name = part.name()?;
        if let Some(source) = like.constraints.get(name) {
            return Some(Definition::Constraint(format!(
                "CONSTRAINT {} {}",
                quoted(name),
                source.definition
            )));
        }
        like.indexes.get(name).map(|source| Definition::Index(source.definition.clone()))
    }

    fn drop_part(&self, part: &Part, stages: &mut Stages) {
        let unnamed = match (part, self.before) {
            (Part::PrimaryKey(_), Some(entry)) => {
                entry.constraints.iter().find(|(_, source)| source.kind == "p").map(|(name, _)| name.clone())
            }
            (_, _) => None,
        };
        let Some(name) = part.name().map(str::to_owned).or(unnamed) else { return };
        if self.is_constraint(&name) {
            stages.first.push(format!("DROP CONSTRAINT {}", quoted(&name)));
        } else {
            stages.ahead.push(define::drop_index(self.table, &name));
        }
    }

    fn is_constraint(&self, name: &str) -> bool {
        self.before.is_none_or(|entry| !entry.indexes.contains_key(name))
    }

    fn rename_part(&self, from: &Part, to: &Part, stages: &mut Stages) {
        let (Some(from), Some(to)) = (from.name(), to.name()) else { return };
        let (old, new) = (quoted(from), quoted(to));
        stages.renames.push(if self.is_constraint(from) {
            format!("ALTER TABLE {} RENAME CONSTRAINT {old} TO {new}", path(self.table))
        } else {
            format!("ALTER INDEX {} RENAME TO {new}", beside(self.table, from))
        });
    }
}

/// The columns that are computed of this one, before and after these operations.
pub(super) fn computed_of<'c>(
    before: Option<&'c Entry>,
    operations: &[&Operation],
    column: &str,
) -> Vec<&'c Column> {
    let changes = |other: &Column| {
        operations.iter().any(|operation| match operation {
            Operation::DropColumn { column, .. } => column.name == other.name,
            Operation::AlterColumn { to, .. } => to.name == other.name && to.generated != other.generated,
            _ => false,
        })
    };
    let columns = before.into_iter().flat_map(|entry| &entry.table.columns);
    columns
        .filter(|other| other.generated.as_ref().is_some_and(|made| mentions(&made.expression, column)))
        .filter(|other| !changes(other))
        .collect()
}

enum Definition {
    Constraint(String),
    Index(String),
}

fn as_constraint(unique: &Unique) -> Unique {
    Unique { is_constraint: true, ..unique.clone() }
}
