//! `sequence-set-back`.

use crate::check::catalogue;
use crate::check::rules::prelude::*;
use crate::check::sql::part::Expr;

pub(super) static RULE: Rule = Rule {
    id: "sequence-set-back",
    level: Deny,
    ways: Up,
    about: "a sequence gives numbers once more that rows have already",
    why: "A sequence does not look at the table. Where it begins anew while rows are there, each INSERT of a \
          program gets a number that is taken, and fails, until the sequence is past all of them.",
    instead: "Set it to what the table holds, or empty the table in the same revision:\n\
          \n    \
          SELECT setval('plans_id_seq', (SELECT max(id) FROM plans));",
    find,
    examples: &[
        fires(
            "CREATE TABLE plans (id bigserial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');",
            "ALTER SEQUENCE plans_id_seq RESTART;",
            Claim::Breaks("INSERT INTO plans (name) VALUES ('pro')"),
        ),
        fires(
            "CREATE SEQUENCE numbers; CREATE TABLE plans (id bigint PRIMARY KEY DEFAULT nextval('numbers'), name text); INSERT INTO plans (name) VALUES ('free');",
            "SELECT setval('numbers', 1, false);",
            Claim::Breaks("INSERT INTO plans (name) VALUES ('pro')"),
        ),
        fires(
            "CREATE TABLE plans (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');",
            "ALTER TABLE plans ALTER COLUMN id RESTART WITH 1;",
            Claim::Breaks("INSERT INTO plans (name) VALUES ('pro')"),
        ),
        quiet(
            "CREATE TABLE plans (id bigserial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');",
            "DELETE FROM plans WHERE id = 1; SELECT setval('plans_id_seq', (SELECT max(id) FROM plans)); ALTER SEQUENCE plans_id_seq RESTART WITH 1000000;",
        ),
        quiet(
            "CREATE TABLE plans (id bigserial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');",
            "TRUNCATE plans; ALTER SEQUENCE plans_id_seq RESTART WITH 1;",
        ),
    ],
};

/// From here on nobody begins anew: whoever says such a number wants to leave room.
const ROOM: i64 = 1000;

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, column, number) in set_numbers(site) {
        let name = named(table.0);
        if !site.is_old(&name) || is_emptied(site, &name) || number >= ROOM || is_above(column, number) {
            continue;
        }
        let shown = &name.name;
        hits.push(
            Hit::new(
                site.span,
                format!("`{shown}.{}` is numbered from {number} on, whatever numbers its rows have", column.name),
            )
            .sql(
                "set the sequence to what the table holds:",
                format!(
                    "SELECT setval(pg_get_serial_sequence('{shown}', '{0}'), (SELECT max({0}) FROM {shown}));",
                    column.name
                ),
            ),
        );
    }
}

type Numbered<'a> = ((&'a str, &'a Table), &'a catalogue::Column, i64);

/// The columns whose sequence is set to a number that is written down.
fn set_numbers<'a>(site: &Site<'a>) -> Vec<Numbered<'a>> {
    let of_sequence = |sequence: &str, number: Option<i64>| {
        let key = sequence.trim_start_matches("public.").to_owned();
        let fed = site.catalogue.tables().flat_map(|(own, table)| table.columns.iter().map(move |it| (own, table, it)));
        let fed = fed.filter(|(own, _, column)| is_fed(own, column, &key));
        fed.filter_map(|(own, table, column)| Some(((own, table), column, number?))).collect::<Vec<_>>()
    };
    match site.act {
        Act::Alter(alter) if alter.object == Object::Sequence => {
            of_sequence(&site.catalogue.key(&alter.name), restart(&alter.words))
        }
        Act::Query(query) => match set_value(query) {
            Some((sequence, number)) => of_sequence(&sequence, Some(number)),
            None => Vec::new(),
        },
        _ => site.changes().filter_map(|(table, action)| restarted(site, table, action)).collect(),
    }
}

/// ALTER TABLE .. ALTER COLUMN .. RESTART.
fn restarted<'a>(site: &Site<'a>, table: &Name, action: &Action) -> Option<Numbered<'a>> {
    let ActionKind::Other(_) = action.kind else { return None };
    let words = site.text(&action.span).to_lowercase();
    let (before, _) = words.split_once("restart")?;
    let name = before.split_whitespace().nth_back(if before.trim_end().ends_with(" set") { 1 } else { 0 })?;
    let key = site.catalogue.key(table);
    let (own, known) = site.catalogue.tables().find(|(own, _)| *own == key)?;
    Some(((own, known), known.column(name.trim_matches('"'))?, restart(&words)?))
}

/// `RESTART`, `RESTART 1`, `RESTART WITH 1`; the number where none is written is the first one.
fn restart(words: &str) -> Option<i64> {
    let (_, behind) = words.split_once("restart")?;
    let mut behind = behind.split_whitespace().filter(|word| *word != "with");
    behind.next().map_or(Some(1), |word| word.trim_end_matches(';').parse().ok())
}

/// The sequence of `setval('numbers', 1)`, and the number.
fn set_value(query: &Expr) -> Option<(String, i64)> {
    let text = query.text.to_lowercase();
    let (_, arguments) = text.split_once("setval")?;
    let sequence = match query.strings.as_slice() {
        [table, column, ..] if text.contains("pg_get_serial_sequence") => format!("{table}_{column}_seq"),
        [sequence, ..] => sequence.clone(),
        [] => return None,
    };
    let mut depth = 0_i32;
    let outer = arguments.split_inclusive([',', '(', ')']).filter(|part| {
        let is_outer = depth == 1;
        depth += i32::from(part.ends_with('(')) - i32::from(part.ends_with(')'));
        is_outer
    });
    let number = outer.filter_map(|part| part.trim_end_matches([',', ')']).trim().parse().ok()).next()?;
    Some((sequence, number))
}

/// Whether a column takes its numbers from a sequence.
fn is_fed(table: &str, column: &catalogue::Column, sequence: &str) -> bool {
    let is_named = |name: &String| name.trim_start_matches("public.") == sequence;
    let own = column.is_numbered && format!("{table}_{}_seq", column.name) == sequence;
    let default = column.default.as_ref().filter(|default| default.calls.iter().any(|call| call == "nextval"));
    own || default.is_some_and(|default| default.strings.iter().any(is_named))
}

/// Whether all numbers that the history gave itself are below, as where a sequence is set right.
fn is_above(column: &catalogue::Column, number: i64) -> bool {
    let given = column.values.iter().filter_map(|value| value.parse::<i64>().ok()).max();
    given.is_some_and(|given| given < number)
}

/// Whether the script empties the table, or sets the sequence right further down.
fn is_emptied(site: &Site<'_>, table: &Name) -> bool {
    let key = site.catalogue.key(table);
    let is_it = |name: &Name| site.catalogue.key(name) == key;
    let empties = site.script.acts.iter().any(|placed| match &placed.act {
        Act::Truncate(truncate) => truncate.tables.iter().any(is_it),
        Act::Delete(change) => change.condition.is_none() && is_it(&change.table),
        _ => false,
    });
    let mends = |act: &Act| matches!(act, Act::Query(query) if query.calls.iter().any(|it| it == "setval") && set_value(query).is_none());
    empties || site.after().iter().any(|placed| mends(&placed.act))
}

/// A table by its key.
fn named(key: &str) -> Name {
    let (schema, name) = key.split_once('.').unwrap_or(("public", key));
    Name { schema: Some(schema.to_owned()), name: name.to_owned(), span: 0..0 }
}
