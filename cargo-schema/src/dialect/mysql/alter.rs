//! What makes one description of a table the other: one ALTER with everything in it, and before it, where rows need a
//! value first, one that makes room and an UPDATE. Pure.

use super::catalogue::{CheckEntry, ColumnEntry, Entry, KeyEntry};
use super::name::{canonical, is_same, mentions, quoted, string};
use super::types::{Family, SqlType};
use super::{define, guard};
use crate::dialect::script::Group;
use crate::operation::Operation;

/// A number that no other row has; `FIRST` goes before. A run that was resumed in between counts from one, too.
const NEXT: &str = "(@schema_row := COALESCE(@schema_row, 0) + 1)";
const FIRST: &str = "SET @schema_row = 0";

/// What happens to one table.
pub(super) struct Change<'a> {
    pub(super) before: &'a Entry,
    pub(super) after: Entry,
    pub(super) operations: Vec<&'a Operation>,
    pub(super) is_way_back: bool,
}

impl Change<'_> {
    /// The statements, in an order in which nothing is in the way; foreign keys aside.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups = self.guards();
        let mut group = Group { comments: self.comments(), statements: Vec::new() };
        let room = self.room();
        let table = &self.before.name;
        group.statements.extend(alter(table, &clauses(self.before, &room.entry)));
        group.statements.extend(room.updates);
        group.statements.extend(alter(table, &clauses(&room.entry, &self.after)));
        if !group.statements.is_empty() {
            groups.push(group);
        }
        groups
    }

    /// Whether a value could be changed instead of refused, were the server not strict.
    pub(super) fn needs_strictness(&self) -> bool {
        self.kept().any(|(old, new)| {
            SqlType::read(&old.ty) != SqlType::read(&new.ty)
                || old.is_nullable && !new.is_nullable
                || old.collation != new.collation
        }) || self.added().any(|(column, _)| self.needs_room(column))
    }

    /// Columns that are there and stay.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&ColumnEntry, &ColumnEntry)> {
        self.before.columns.iter().filter_map(|old| Some((old, self.after.column(&old.name)?)))
    }

    /// New columns, with the value for rows that are there.
    fn added(&self) -> impl Iterator<Item = (&ColumnEntry, Option<&str>)> {
        let is_new = |column: &&ColumnEntry| self.before.column(&column.name).is_none();
        self.after.columns.iter().filter(is_new).map(|column| (column, self.backfill(&column.name)))
    }

    fn backfill(&self, name: &str) -> Option<&str> {
        let backfill = self.operations.iter().find_map(|operation| match operation {
            Operation::AddColumn { column, .. } | Operation::AlterColumn { to: column, .. }
                if is_same(&column.name, name) =>
            {
                column.backfill.as_deref()
            }
            _ => None,
        });
        backfill.filter(|_| !self.is_way_back)
    }

    fn recode(&self, name: &str) -> &[(String, String)] {
        let recode = self.operations.iter().find_map(|operation| match operation {
            Operation::AlterColumn { from, recode, .. } if is_same(&from.name, name) => {
                Some(recode.as_slice())
            }
            _ => None,
        });
        recode.unwrap_or_default()
    }

    /// A new column without a value of its own: MySQL would invent zeros and empty texts.
    fn needs_room(&self, column: &ColumnEntry) -> bool {
        let has_value = column.is_nullable || column.default.is_some() || column.generated.is_some();
        let is_invented = !has_value && !column.is_numbered;
        match self.is_way_back {
            true => is_invented && self.placeholder(column).is_some(),
            false => is_invented || self.backfill(&column.name).is_some() && column.generated.is_none(),
        }
    }

    /// A value for a column that comes back without its own, where the zero that MySQL would take is no value at all, or
    /// one and the same for rows of which no two may have the same.
    fn placeholder(&self, column: &ColumnEntry) -> Option<String> {
        let is_key = self
            .after
            .foreign_keys
            .iter()
            .any(|key| key.columns.iter().any(|own| is_same(own, &column.name)));
        let family = SqlType::read(&column.ty).family();
        match (family, self.is_unique(column)) {
            _ if is_key => None,
            (Family::Timestamp, true) => Some(format!("'1970-01-02 00:00:00' + INTERVAL {NEXT} SECOND")),
            (Family::Date, true) => Some(format!("'1970-01-01' + INTERVAL {NEXT} DAY")),
            (Family::Integer | Family::Decimal | Family::Float | Family::Text | Family::Binary, true) => {
                Some(NEXT.to_owned())
            }
            (Family::Timestamp, false) => Some("'1970-01-02 00:00:00'".to_owned()),
            (Family::Date, false) => Some("'1970-01-01'".to_owned()),
            (Family::Json, _) => Some("'null'".to_owned()),
            _ => None,
        }
    }

    /// Whether a unique key of the table holds a column.
    fn is_unique(&self, column: &ColumnEntry) -> bool {
        let holds = |key: &&KeyEntry| {
            key.items.iter().filter_map(|item| item.column.as_ref()).any(|own| is_same(own, &column.name))
        };
        self.after.keys.iter().filter(|key| key.is_unique).any(|key| holds(&key))
    }

    fn guards(&self) -> Vec<Group> {
        let guard = |(old, new): (&ColumnEntry, &ColumnEntry)| {
            let recode = self.recode(&old.name);
            let recoded: Vec<&str> = recode.iter().map(|(from, _)| from.as_str()).collect();
            let guard = guard::of(&self.before.name, old, new, &recoded)?;
            let statement = guard.sql(&self.before.name, &old.name);
            Some(
                Group::of(vec![statement])
                    .comment(format!("Stops here where {}, lest it be lost.", guard.reason)),
            )
        };
        self.kept().filter_map(guard).collect()
    }

    fn comments(&self) -> Vec<String> {
        let table = &self.before.name;
        self.operations
            .iter()
            .filter_map(|operation| match operation {
                Operation::DropColumn { column, .. } if !self.is_way_back => {
                    Some(format!("`{table}.{}` goes, and its values with it.", column.name))
                }
                Operation::AlterColumn { from, to, .. }
                    if from.generated.is_none() && to.generated.is_some() && !self.is_way_back =>
                {
                    Some(format!("The values of `{table}.{}` go: it is computed from now on.", to.name))
                }
                Operation::AddColumn { column, .. } if self.is_way_back && column.generated.is_none() => {
                    Some(format!("The values of `{table}.{}` are gone for good.", column.name))
                }
                _ => None,
            })
            .collect()
    }

    /// The table with room for values that come before the last ALTER, and the statements that fill it.
    fn room(&self) -> Room {
        let mut room = Room { entry: self.before.clone(), updates: Vec::new() };
        for (column, backfill) in self.added().filter(|(column, _)| self.needs_room(column)) {
            let roomy = ColumnEntry {
                is_nullable: true,
                default: None,
                on_update: None,
                check: None,
                is_invisible: false,
                ..column.clone()
            };
            room.insert(roomy, &self.after);
            let placeholder = || self.placeholder(column).filter(|_| self.is_way_back);
            let Some(value) = backfill.map(str::to_owned).or_else(placeholder) else { continue };
            room.updates.extend(value.contains(NEXT).then(|| FIRST.to_owned()));
            room.updates.push(self.update(&column.name, &value, ""));
        }
        for (old, new) in self.kept() {
            self.make_room(old, new, &mut room);
        }
        room
    }

    fn make_room(&self, old: &ColumnEntry, new: &ColumnEntry, room: &mut Room) {
        let name = quoted(&old.name);
        let recode = self.recode(&old.name);
        if let Some(generated) =
            old.generated.as_ref().filter(|made| !made.is_stored && new.generated.is_none())
        {
            // What was computed when read becomes a value.
            let value = format!("({})", generated.expression);
            room.replace(ColumnEntry { is_nullable: true, default: None, ..new.clone() });
            room.updates.push(self.update(&old.name, &value, ""));
            return;
        }
        if !recode.is_empty() {
            room.replace(ColumnEntry { ty: union(&old.ty, &new.ty), ..old.clone() });
            let cases: String = recode
                .iter()
                .map(|(from, to)| format!(" WHEN {} THEN {}", string(from), string(to)))
                .collect();
            let names: Vec<String> = recode.iter().map(|(from, _)| string(from)).collect();
            let filter = format!(" WHERE {name} IN ({})", names.join(", "));
            room.updates.push(self.update(&old.name, &format!("CASE {name}{cases} END"), &filter));
        }
        if let Some(backfill) = self.backfill(&old.name).filter(|_| old.is_nullable && !new.is_nullable) {
            if recode.is_empty() && SqlType::read(&old.ty) != SqlType::read(&new.ty) {
                room.replace(ColumnEntry { is_nullable: true, default: None, ..new.clone() });
            }
            room.updates.push(self.update(&old.name, backfill, &format!(" WHERE {name} IS NULL")));
        }
    }

    /// An UPDATE that leaves alone what would take the time of it.
    fn update(&self, column: &str, value: &str, filter: &str) -> String {
        let timed = self.before.columns.iter().filter(|other| other.on_update.is_some());
        let kept: String = timed
            .filter(|other| !is_same(&other.name, column))
            .map(|other| format!(", {0} = {0}", quoted(&other.name)))
            .collect();
        format!("UPDATE {} SET {} = {value}{kept}{filter}", quoted(&self.before.name), quoted(column))
    }
}

struct Room {
    entry: Entry,
    updates: Vec<String>,
}

impl Room {
    /// Puts a column where it will be.
    fn insert(&mut self, column: ColumnEntry, after: &Entry) {
        let before = after.columns.iter().take_while(|other| !is_same(&other.name, &column.name));
        let is_there = |other: &ColumnEntry| {
            self.entry.columns.iter().position(|there| is_same(&there.name, &other.name))
        };
        let place = before.filter_map(is_there).last().map_or(0, |place| place + 1);
        self.entry.columns.insert(place, column);
    }

    fn replace(&mut self, column: ColumnEntry) {
        if let Some(there) = self.entry.columns.iter_mut().find(|there| is_same(&there.name, &column.name)) {
            *there = column;
        }
    }
}

/// An ENUM with the values of both.
fn union(left: &str, right: &str) -> String {
    let mut ty = SqlType::read(left);
    let more = SqlType::read(right).arguments.into_iter();
    let more: Vec<String> = more.filter(|value| !ty.arguments.contains(value)).collect();
    ty.arguments.extend(more);
    ty.text()
}

/// One statement for all clauses; none for none.
pub(super) fn alter(table: &str, clauses: &[String]) -> Option<String> {
    match clauses {
        [] => None,
        [only] => Some(format!("ALTER TABLE {} {only}", quoted(table))),
        several => Some(format!("ALTER TABLE {}\n  {}", quoted(table), several.join(",\n  "))),
    }
}

/// What leads from one to the other, foreign keys aside.
pub(super) fn clauses(before: &Entry, after: &Entry) -> Vec<String> {
    let mut clauses = Vec::new();
    let anew: Vec<&str> = after
        .columns
        .iter()
        .filter(|new| before.column(&new.name).is_some_and(|old| is_made_anew(old, new)))
        .map(|new| new.name.as_str())
        .collect();
    // A check goes without a word with the column that it mentions, even when that comes back.
    let is_touched = |check: &CheckEntry| anew.iter().any(|column| mentions(&check.expression, column));
    let stays = |entry: &Entry, check: &CheckEntry| entry.checks.contains(check) && !is_touched(check);
    let gone = before.checks.iter().filter(|check| !stays(after, check));
    clauses.extend(gone.map(|check| format!("DROP CONSTRAINT {}", quoted(&check.name))));
    let keys = Keys { before, after, anew: &anew };
    clauses.extend(keys.dropped());
    clauses.extend(keys.renamed());
    columns(before, after, &anew, &mut clauses);
    clauses.extend(keys.added());
    let new = after.checks.iter().filter(|check| !stays(before, check));
    clauses.extend(new.map(|check| format!("ADD {}", define::check(check))));
    clauses.extend(define::options(Some(before), after));
    clauses
}

/// A column whose values are computed from now on, or in another way, is none that MODIFY can reach everywhere.
fn is_made_anew(old: &ColumnEntry, new: &ColumnEntry) -> bool {
    match (&old.generated, &new.generated) {
        (Some(old), None) => !old.is_stored,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => {
            old.is_stored != new.is_stored || canonical(&old.expression) != canonical(&new.expression)
        }
        (None, None) => false,
    }
}

fn columns(before: &Entry, after: &Entry, anew: &[&str], clauses: &mut Vec<String>) {
    let stays =
        |column: &&ColumnEntry| after.column(&column.name).is_some() && !anew.contains(&column.name.as_str());
    let is_new = |column: &ColumnEntry| {
        before.column(&column.name).is_none() || anew.iter().any(|name| is_same(name, &column.name))
    };
    let dropped = before.columns.iter().filter(|column| after.column(&column.name).is_none_or(is_new));
    clauses.extend(dropped.map(|column| format!("DROP COLUMN {}", quoted(&column.name))));
    let mut order: Vec<String> =
        before.columns.iter().filter(stays).map(|column| column.name.clone()).collect();
    for (place, column) in after.columns.iter().enumerate() {
        let definition = define::column(column, after);
        if is_new(column) {
            let previous = place.checked_sub(1).map(|place| after.columns[place].name.as_str());
            clauses.push(format!("ADD COLUMN {definition}{}", position(&mut order, &column.name, previous)));
        } else if before.column(&column.name).is_some_and(|old| old != column) {
            clauses.push(format!("MODIFY COLUMN {definition}"));
        }
    }
}

/// Where a new column goes; nothing when that is the end.
fn position(order: &mut Vec<String>, name: &str, previous: Option<&str>) -> String {
    let place = previous.map_or(Some(0), |previous| {
        order.iter().position(|other| is_same(other, previous)).map(|place| place + 1)
    });
    let place = place.unwrap_or(order.len());
    let is_last = place == order.len();
    order.insert(place, name.to_owned());
    match previous {
        _ if is_last => String::new(),
        None => " FIRST".to_owned(),
        Some(previous) => format!(" AFTER {}", quoted(previous)),
    }
}

/// The indexes of both.
struct Keys<'a> {
    before: &'a Entry,
    after: &'a Entry,
    /// Columns that go and come back.
    anew: &'a [&'a str],
}

impl Keys<'_> {
    fn is_touched(&self, key: &KeyEntry) -> bool {
        let is_anew = |column: &String| self.anew.iter().any(|name| is_same(name, column));
        key.items.iter().filter_map(|item| item.column.as_ref()).any(is_anew)
    }

    /// Those that are the same on the other side.
    fn stays(&self, key: &KeyEntry, other: &Entry) -> bool {
        other.keys.contains(key) && !self.is_touched(key)
    }

    /// An index that is the same under another name.
    fn new_name(&self, key: &KeyEntry) -> Option<&str> {
        let is_it = |other: &&KeyEntry| {
            let renamed = KeyEntry { name: key.name.clone(), ..(*other).clone() };
            renamed == *key && self.before.key(&other.name).is_none() && !other.is_primary()
        };
        let is_free = self.after.key(&key.name).is_none() && !key.is_primary() && !self.is_touched(key);
        let new = self.after.keys.iter().find(is_it).filter(|_| is_free)?;
        // Of several that are alike, the first takes the name.
        let rival = self.before.keys.iter().find(|other| {
            let renamed = KeyEntry { name: key.name.clone(), ..(*other).clone() };
            renamed == *key && self.after.key(&other.name).is_none()
        });
        rival.is_some_and(|rival| rival.name == key.name).then_some(new.name.as_str())
    }

    fn renamed(&self) -> Vec<String> {
        let renamed = self.before.keys.iter().filter_map(|key| Some((key, self.new_name(key)?)));
        renamed.map(|(key, new)| format!("RENAME INDEX {} TO {}", quoted(&key.name), quoted(new))).collect()
    }

    fn dropped(&self) -> Vec<String> {
        let goes = |key: &&KeyEntry| !self.stays(key, self.after) && self.new_name(key).is_none();
        let clause = |key: &KeyEntry| match key.is_primary() {
            true => "DROP PRIMARY KEY".to_owned(),
            false => format!("DROP INDEX {}", quoted(&key.name)),
        };
        self.before.keys.iter().filter(goes).map(clause).collect()
    }

    fn added(&self) -> Vec<String> {
        let taken: Vec<&str> = self.before.keys.iter().filter_map(|key| self.new_name(key)).collect();
        let is_new = |key: &&KeyEntry| !self.stays(key, self.before) && !taken.contains(&key.name.as_str());
        self.after.keys.iter().filter(is_new).map(|key| format!("ADD {}", define::key(key))).collect()
    }
}
