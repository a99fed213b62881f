//! Reads what a MySQL or MariaDB database holds: one query over `information_schema`, whose rows are JSON.

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use schema_build::schema::{Action, Deferrable, ForeignKey, Generated};
use serde_json::Value;

use super::catalogue::{Catalogue, CheckEntry, ColumnEntry, Entry, KeyEntry, KeyItem, Trigger};
use super::name::{canonical, fold, mentions, quoted};
use super::server::{SaidDefault, Server};
use super::types::SqlType;
use crate::database::connection::Connection;
use crate::database::scratch::Error;

/// Tables of Diesel's and of ours.
const LEDGERS: [&str; 3] = ["__diesel_schema_migrations", "__schema_ledger", "__schema_lock"];

/// What every server says alike. No part joins two: MariaDB makes whole tables of all databases for that.
const PARTS: [&str; 9] = [
    "SELECT 'table', JSON_ARRAY(table_name, table_type, engine, table_collation, create_options, table_comment) \
     FROM information_schema.tables WHERE table_schema = DATABASE()",
    "SELECT 'column', JSON_ARRAY(table_name, ordinal_position, column_name, column_type, is_nullable, \
     column_default, collation_name, extra, column_comment, generation_expression) \
     FROM information_schema.columns WHERE table_schema = DATABASE()",
    "SELECT 'foreign', JSON_ARRAY(table_name, constraint_name, ordinal_position, column_name, \
     NULLIF(referenced_table_schema, DATABASE()), referenced_table_name, referenced_column_name) \
     FROM information_schema.key_column_usage \
     WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL",
    "SELECT 'rule', JSON_ARRAY(table_name, constraint_name, delete_rule, update_rule) \
     FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()",
    "SELECT 'partition', JSON_ARRAY(table_name, partition_ordinal_position, partition_name, partition_method, \
     partition_expression, partition_description, subpartition_name, subpartition_method, \
     subpartition_expression) FROM information_schema.partitions \
     WHERE table_schema = DATABASE() AND partition_name IS NOT NULL",
    "SELECT 'view', JSON_ARRAY(table_name, REPLACE(view_definition, CONCAT('`', DATABASE(), '`.'), ''), \
     check_option, security_type) FROM information_schema.views WHERE table_schema = DATABASE()",
    "SELECT 'trigger', JSON_ARRAY(event_object_table, action_order, trigger_name, action_timing, \
     event_manipulation, action_statement) FROM information_schema.triggers \
     WHERE event_object_schema = DATABASE()",
    "SELECT 'routine', JSON_ARRAY(CONCAT(LOWER(routine_type), ' `', routine_name, '`'), routine_definition) \
     FROM information_schema.routines WHERE routine_schema = DATABASE()",
    "SELECT 'routine', JSON_ARRAY(CONCAT('event `', event_name, '`'), event_definition) \
     FROM information_schema.events WHERE event_schema = DATABASE()",
];

/// Reads everything of the database that a session is in.
pub(super) fn catalogue(session: &mut Connection, server: Server) -> Result<Catalogue, Error> {
    let keys = format!(
        "SELECT 'key', JSON_ARRAY(table_name, index_name, seq_in_index, non_unique, column_name, collation, \
         sub_part, index_type, index_comment, {}) FROM information_schema.statistics \
         WHERE table_schema = DATABASE()",
        server.index_columns()
    );
    let parts: Vec<&str> = PARTS.into_iter().chain([keys.as_str(), server.checks()]).collect();
    let [first, rest @ ..] = parts.as_slice() else { return Ok(Catalogue::default()) };
    // The first of a union names the columns.
    let first = first.replacen("SELECT 'table', JSON_ARRAY(", "SELECT 'table' AS kind, JSON_ARRAY(", 1);
    let first = first.replacen(") FROM", ") AS said FROM", 1);
    let union =
        [first.as_str()].into_iter().chain(rest.iter().copied()).collect::<Vec<_>>().join(" UNION ALL ");
    let query = format!("SELECT CONCAT(kind, ' ', said) AS text FROM ({union}) everything");
    let mut reading = Reading { server, ..Reading::default() };
    let lines = session.texts(&query).map_err(|error| Error::new("read the schema", error))?;
    for line in lines {
        reading.take(&line)?;
    }
    reading.catalogue()
}

/// The statement that would make this table, as the server writes it.
pub(super) fn source(session: &mut Connection, table: &str) -> Result<String, Error> {
    #[derive(QueryableByName)]
    struct Source {
        #[diesel(sql_type = Text, column_name = "Create Table")]
        text: String,
    }
    let doing = || format!("read the statement of `{table}`");
    let Connection::Mysql(session) = session else {
        return Err(Error::new(doing(), "this is no MySQL server"));
    };
    let source: Source = sql_query(format!("SHOW CREATE TABLE {}", quoted(table)))
        .get_result(&mut **session)
        .map_err(|error| Error::new(doing(), error))?;
    Ok(source.text)
}

/// One row: values in the order of the query.
struct Row(Vec<Value>);

impl Row {
    fn text(&self, place: usize) -> Option<String> {
        match self.0.get(place)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    fn word(&self, place: usize) -> String {
        self.text(place).unwrap_or_default()
    }

    fn number(&self, place: usize) -> Option<u32> {
        self.word(place).parse().ok()
    }

    fn is_true(&self, place: usize) -> bool {
        matches!(self.word(place).as_str(), "1" | "true")
    }
}

/// Rows of each kind.
#[derive(Default)]
struct Reading {
    server: Server,
    rows: BTreeMap<String, Vec<Row>>,
}

impl Reading {
    fn take(&mut self, line: &str) -> Result<(), Error> {
        let (kind, said) = line.split_once(' ').unwrap_or((line, "[]"));
        let values: Vec<Value> = serde_json::from_str(said)
            .map_err(|error| Error::new("understand what the server says of its tables", error))?;
        self.rows.entry(kind.to_owned()).or_default().push(Row(values));
        Ok(())
    }

    /// Rows of a kind, by the table that stands first and the number that stands second or third.
    fn sorted(&mut self, kind: &str, number: usize) -> Vec<Row> {
        let mut rows = self.rows.remove(kind).unwrap_or_default();
        rows.sort_by_key(|row| (row.word(0), row.number(number)));
        rows
    }

    fn catalogue(mut self) -> Result<Catalogue, Error> {
        let mut catalogue = Catalogue { server: self.server, ..Catalogue::default() };
        for row in self.sorted("table", 0) {
            let entry = table(&row);
            let is_ours = matches!(row.word(1).as_str(), "BASE TABLE" | "SYSTEM VERSIONED")
                && !LEDGERS.iter().any(|ledger| entry.name.eq_ignore_ascii_case(ledger));
            if is_ours && let Some(other) = catalogue.tables.insert(fold(&entry.name), entry) {
                return Err(Error::new(
                    "tell tables apart",
                    format!("`{}` and another table differ in case alone", other.name),
                ));
            }
        }
        self.members(&mut catalogue);
        catalogue.views = self.sorted("view", 0).iter().map(|row| (row.word(0), view(row))).collect();
        catalogue.triggers = self.sorted("trigger", 1).iter().map(trigger).collect();
        let routines = self.sorted("routine", 0);
        catalogue.routines = routines.iter().map(|row| (row.word(0), row.word(1))).collect();
        Ok(catalogue)
    }

    /// What belongs to tables.
    fn members(&mut self, catalogue: &mut Catalogue) {
        for row in self.sorted("column", 1) {
            let server = self.server;
            if let Some(entry) = catalogue.tables.get_mut(&fold(&row.word(0))) {
                entry.columns.push(column(&row, server));
            }
        }
        for row in self.sorted("key", 2) {
            if let Some(entry) = catalogue.tables.get_mut(&fold(&row.word(0))) {
                add_key(entry, &row, self.server);
            }
        }
        for row in self.sorted("foreign", 2) {
            if let Some(entry) = catalogue.tables.get_mut(&fold(&row.word(0))) {
                add_foreign_key(entry, &row);
            }
        }
        for row in self.sorted("rule", 0) {
            let entry = catalogue.tables.get_mut(&fold(&row.word(0)));
            let mut keys = entry.into_iter().flat_map(|entry| &mut entry.foreign_keys);
            if let Some(key) = keys.find(|key| key.name == row.text(1)) {
                (key.on_delete, key.on_update) = (action(&row.word(2)), action(&row.word(3)));
            }
        }
        for row in self.sorted("check", 5) {
            if let Some(entry) = catalogue.tables.get_mut(&fold(&row.word(0))) {
                add_check(entry, &row, self.server);
            }
        }
        for row in self.sorted("partition", 1) {
            if let Some(entry) = catalogue.tables.get_mut(&fold(&row.word(0))) {
                let words: Vec<String> = (2..9).filter_map(|place| row.text(place)).collect();
                entry.partitions.push(words.join(" "));
            }
        }
    }
}

fn table(row: &Row) -> Entry {
    let collation = row.text(3);
    let versioned = if row.word(1) == "SYSTEM VERSIONED" { " system versioned" } else { "" };
    Entry {
        name: row.word(0),
        engine: row.text(2),
        charset: collation.as_deref().map(charset_of).map(str::to_owned),
        collation,
        options: format!("{}{versioned}", row.word(4)),
        comment: row.word(5),
        ..Entry::default()
    }
}

/// The character set that a collation belongs to.
pub(super) fn charset_of(collation: &str) -> &str {
    collation.split_once('_').map_or(collation, |(charset, _)| charset)
}

fn column(row: &Row, server: Server) -> ColumnEntry {
    let (ty, extra) = (row.word(3), Extra::read(&row.word(7)));
    let generated = row
        .text(9)
        .filter(|_| extra.is_generated)
        .map(|text| Generated { expression: server.expression(&text), is_stored: extra.is_stored });
    let said = SaidDefault { text: row.text(5), ty: &ty, is_expression: extra.has_expression };
    ColumnEntry {
        name: row.word(2),
        is_nullable: row.word(4) == "YES",
        default: server.default_of(said).filter(|_| generated.is_none()),
        collation: row.text(6),
        on_update: extra.on_update,
        is_numbered: extra.is_numbered,
        is_invisible: extra.is_invisible,
        strange: extra.rest,
        comment: row.word(8),
        generated,
        check: None,
        ty,
    }
}

/// The words of `EXTRA`.
#[derive(Default)]
struct Extra {
    is_generated: bool,
    is_stored: bool,
    is_numbered: bool,
    is_invisible: bool,
    has_expression: bool,
    on_update: Option<String>,
    rest: String,
}

impl Extra {
    fn read(text: &str) -> Self {
        let lower = text.to_lowercase();
        let mut extra = Self::default();
        let mut words = lower.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
        let mut rest: Vec<&str> = Vec::new();
        while let Some(word) = words.next() {
            match (word, words.peek().copied()) {
                ("virtual" | "stored" | "persistent", Some("generated")) => {
                    words.next();
                    (extra.is_generated, extra.is_stored) = (true, word != "virtual");
                }
                ("auto_increment", _) => extra.is_numbered = true,
                ("invisible", _) => extra.is_invisible = true,
                ("default_generated", _) => extra.has_expression = true,
                ("on", Some("update")) => {
                    words.next();
                    extra.on_update = words.next().map(str::to_owned);
                }
                _ => rest.push(word),
            }
        }
        extra.rest = rest.join(" ");
        extra
    }
}

fn add_key(entry: &mut Entry, row: &Row, server: Server) {
    let name = row.word(1);
    if entry.keys.last().is_none_or(|key| key.name != name) && entry.key(&name).is_none() {
        entry.keys.push(KeyEntry {
            name: name.clone(),
            is_unique: row.word(3) == "0",
            method: row.word(7),
            comment: row.word(8),
            is_hidden: row.is_true(10),
            items: Vec::new(),
        });
    }
    let item = KeyItem {
        column: row.text(4),
        expression: row.text(9).map(|text| server.expression(&text)),
        // Of a spatial index it says how long its boxes are.
        prefix: row.number(6).filter(|_| row.word(7) != "SPATIAL"),
        is_descending: row.word(5) == "D",
    };
    if let Some(key) = entry.keys.iter_mut().find(|key| key.name == name) {
        key.items.push(item);
    }
}

fn add_foreign_key(entry: &mut Entry, row: &Row) {
    let name = row.text(1);
    if !entry.foreign_keys.iter().any(|key| key.name == name) {
        let table = match row.text(4) {
            Some(schema) => format!("{schema}.{}", row.word(5)),
            None => row.word(5),
        };
        entry.foreign_keys.push(ForeignKey {
            name: name.clone(),
            columns: Vec::new(),
            table,
            references: Vec::new(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            deferrable: Deferrable::Not,
        });
    }
    if let Some(key) = entry.foreign_keys.iter_mut().find(|key| key.name == name) {
        key.columns.push(row.word(3));
        key.references.push(row.word(6));
    }
}

fn action(word: &str) -> Action {
    match word {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        "RESTRICT" => Action::Restrict,
        _ => Action::NoAction,
    }
}

fn add_check(entry: &mut Entry, row: &Row, server: Server) {
    let (name, expression) = (row.word(1), server.expression(&row.word(2)));
    if !row.is_true(3) {
        entry.checks.push(CheckEntry { name, expression, is_ignored: row.is_true(4) });
        return;
    }
    // The server keeps the name that the column had when it was made, and changes the condition when it is renamed.
    let is_it = |column: &ColumnEntry| mentions(&expression, &column.name);
    let place = entry.columns.iter().position(|column| column.name == name && is_it(column));
    let place = place.or_else(|| entry.columns.iter().position(is_it));
    let Some(column) = place.and_then(|place| entry.columns.get_mut(place)) else { return };
    let is_json = canonical(&expression) == canonical(&format!("json_valid({})", quoted(&column.name)))
        && SqlType::read(&column.ty).base == "longtext"
        && column.collation.as_deref() == Some("utf8mb4_bin");
    if is_json && server.json_is_text() {
        "json".clone_into(&mut column.ty);
        column.collation = None;
    } else {
        column.check = Some(expression);
    }
}

fn view(row: &Row) -> String {
    let option = match row.word(2).as_str() {
        "NONE" | "" => String::new(),
        option => format!(" WITH {option} CHECK OPTION"),
    };
    let security = if row.word(3) == "INVOKER" { "SQL SECURITY INVOKER " } else { "" };
    format!("{security}{}{option}", row.word(1))
}

fn trigger(row: &Row) -> Trigger {
    Trigger {
        table: row.word(0),
        name: row.word(2),
        when: format!("{} {}", row.word(3), row.word(4)),
        body: row.word(5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_is_read_word_by_word() {
        let extra = Extra::read("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)");
        assert!(extra.has_expression && extra.rest.is_empty());
        assert_eq!(extra.on_update.as_deref(), Some("current_timestamp(3)"));
        let extra = Extra::read("STORED GENERATED, INVISIBLE");
        assert!(extra.is_generated && extra.is_stored && extra.is_invisible && extra.rest.is_empty());
        assert_eq!(Extra::read("WITHOUT SYSTEM VERSIONING").rest, "without system versioning");
    }
}
