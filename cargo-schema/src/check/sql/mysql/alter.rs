//! ALTER TABLE, change by change, and ALTER of everything else.

use super::super::act::{Action, ActionKind, Alter, AlterTable, Object, Rename};
use super::cursor::{Cursor, Unread};
use super::key::{self, Clause};
use super::part::expr;
use super::{Act, Acts, column, create, one, table};

/// Behind nothing: ALTER itself stands here.
pub(super) fn read(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    let before = cursor.clone();
    let mut options = Vec::new();
    while cursor.sees_any(&["online", "offline", "ignore"]) {
        options.push(match cursor.word_here().to_lowercase().as_str() {
            "online" => "lock=none".to_owned(),
            other => other.to_owned(),
        });
        cursor.advance();
    }
    if cursor.takes(&["table"]) {
        return table(cursor, options);
    }
    cursor = before;
    create::skip_head(&mut cursor)?;
    if cursor.takes(&["view"]) {
        return create::view(&mut cursor, true).and_then(one);
    }
    let words = cursor.words();
    let object = create::object(&mut cursor)?;
    let _ = cursor.takes_if_exists();
    let name = match object {
        Object::Role => cursor.person()?,
        _ => cursor.name().unwrap_or_default(),
    };
    one(Act::Alter(Alter { object, name, on: None, words }))
}

fn table(mut cursor: Cursor<'_, '_>, options: Vec<String>) -> Result<Acts, Unread> {
    let if_exists = cursor.takes_if_exists();
    let mut alter = AlterTable { if_exists, options, ..AlterTable::default() };
    alter.table = cursor.name()?;
    alter.options.extend(cursor.takes_wait());
    let mut renames = Vec::new();
    for mut item in items(&mut cursor) {
        let before = item.clone();
        if !item.is_done() {
            change(&mut item, &mut alter, &mut renames)?;
            key::ended(&item).map_err(|_| unknown(&item, &before))?;
        }
    }
    let mut acts: Acts = Vec::new();
    if !alter.actions.is_empty() || renames.is_empty() {
        acts.push((None, Act::AlterTable(alter)));
    }
    acts.extend(renames);
    Ok(acts)
}

fn unknown(item: &Cursor<'_, '_>, _before: &Cursor<'_, '_>) -> Unread {
    item.unread("no change of a table goes on like this")
}

/// The changes; what holds commas of its own without brackets is one of them.
fn items<'p, 'a>(cursor: &mut Cursor<'p, 'a>) -> Vec<Cursor<'p, 'a>> {
    let whole = cursor.clone();
    let all = whole.items();
    let greedy = |item: &Cursor<'_, '_>| {
        item.sees(&["order", "by"])
            || item.sees(&["partition", "by"])
            || item.sees_any(&[
                "drop",
                "truncate",
                "analyze",
                "optimize",
                "reorganize",
                "rebuild",
                "check",
                "repair",
                "coalesce",
                "exchange",
            ]) && item.peek(1).is_some_and(|it| it.is_word("partition"))
    };
    let Some(first) = all.iter().position(greedy) else { return all };
    let mut kept: Vec<Cursor<'p, 'a>> = all[..first].to_vec();
    kept.push(all[first].clone());
    // The items behind it are lists of names; whatever else is among them is read as a change again.
    kept.extend(all[first + 1..].iter().filter(|item| item.rest().len() > 2).cloned());
    kept
}

fn push(alter: &mut AlterTable, item: &Cursor<'_, '_>, kind: ActionKind) {
    alter.actions.push(Action { span: item.span(), kind });
}

fn change(item: &mut Cursor<'_, '_>, alter: &mut AlterTable, renames: &mut Acts) -> Result<(), Unread> {
    let verb = item.word_here().to_lowercase();
    match verb.as_str() {
        "add" => add(item, alter),
        "drop" => drop(item, alter),
        "modify" | "change" => redefine(item, alter),
        "alter" => alter_column(item, alter),
        "rename" => rename(item, alter, renames),
        "convert" => convert(item, alter),
        "algorithm" | "lock" => {
            let promise = takes_promise(item)?;
            alter.options.push(promise);
            rest_is_partitioning(item, alter)
        }
        "wait" | "nowait" => {
            alter.options.extend(item.takes_wait());
            change_if_any(item, alter, renames)
        }
        "order" | "partition" | "truncate" | "analyze" | "optimize" | "reorganize" | "rebuild" | "check"
        | "repair" | "coalesce" | "exchange" | "remove" | "force" | "disable" | "enable" | "discard"
        | "import" | "with" | "without" => {
            let words = item.first_words(3);
            let is_versioned = words == "with system versioning";
            if matches!(verb.as_str(), "force" | "with" | "without") {
                let count = if verb == "force" { 1 } else { 2 };
                (0..count).for_each(|_| {
                    item.advance();
                });
                if is_versioned {
                    item.advance();
                }
            } else {
                while item.advance().is_some() {}
            }
            push(alter, item, ActionKind::Other(words));
            Ok(())
        }
        _ => options(item, alter),
    }
}

fn change_if_any(
    item: &mut Cursor<'_, '_>,
    alter: &mut AlterTable,
    renames: &mut Acts,
) -> Result<(), Unread> {
    if item.is_done() { Ok(()) } else { change(item, alter, renames) }
}

fn rest_is_partitioning(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    if item.sees_any(&["partition", "remove"]) {
        return change(item, alter, &mut Vec::new());
    }
    Ok(())
}

/// `ALGORITHM=INPLACE`, `LOCK=NONE`.
pub(super) fn takes_promise(cursor: &mut Cursor<'_, '_>) -> Result<String, Unread> {
    let name = cursor.folded()?;
    cursor.takes_symbol('=');
    Ok(format!("{name}={}", cursor.folded()?))
}

fn add(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    item.advance();
    if item.sees(&["partition"]) {
        let words = format!("add {}", item.first_words(1));
        while item.advance().is_some() {}
        push(alter, item, ActionKind::Other(words));
        return Ok(());
    }
    if item.takes(&["system", "versioning"]) {
        push(alter, item, ActionKind::Other("add system versioning".to_owned()));
        return Ok(());
    }
    if key::is_clause(item) {
        match key::clause(item, &alter.table)? {
            Clause::Constraint(constraint) => push(alter, item, ActionKind::AddConstraint(constraint)),
            Clause::Index(index) => push(alter, item, ActionKind::AddIndex(Box::new(index))),
            Clause::Period => push(alter, item, ActionKind::Other("add period".to_owned())),
        }
        return Ok(());
    }
    let _ = item.takes(&["column"]);
    let if_not_exists = item.takes_if_not_exists();
    if let Some(group) = item.group_if_any()? {
        return group.items().into_iter().try_for_each(|mut one| {
            if key::is_clause(&one) {
                if let Clause::Index(index) = key::clause(&mut one, &alter.table)? {
                    push(alter, &one, ActionKind::AddIndex(Box::new(index)));
                }
                return Ok(());
            }
            let column = Box::new(column::read(&mut one)?);
            push(alter, &one, ActionKind::AddColumn { column, if_not_exists });
            Ok(())
        });
    }
    let column = Box::new(column::read(item)?);
    push(alter, item, ActionKind::AddColumn { column, if_not_exists });
    Ok(())
}

fn drop(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    item.advance();
    let kind = if item.takes(&["primary", "key"]) {
        ActionKind::DropPrimaryKey
    } else if item.takes(&["foreign", "key"]) {
        let _ = item.takes_if_exists();
        ActionKind::DropForeignKey { name: item.folded()? }
    } else if item.takes_any(&["index", "key"]) {
        let _ = item.takes_if_exists();
        ActionKind::DropIndex { name: item.folded()? }
    } else if item.takes_any(&["constraint", "check"]) {
        let if_exists = item.takes_if_exists();
        ActionKind::DropConstraint { name: item.folded()?, if_exists, cascade: false }
    } else if item.takes(&["system", "versioning"]) {
        ActionKind::Other("drop system versioning".to_owned())
    } else if item.takes(&["period", "for"]) {
        item.identifier()?;
        ActionKind::Other("drop period".to_owned())
    } else if item.sees(&["partition"]) {
        while item.advance().is_some() {}
        ActionKind::Other("drop partition".to_owned())
    } else {
        let _ = item.takes(&["column"]);
        let if_exists = item.takes_if_exists();
        let column = item.folded()?;
        let _ = item.takes_any(&["restrict", "cascade"]);
        ActionKind::DropColumn { column, if_exists, cascade: false }
    };
    push(alter, item, kind);
    Ok(())
}

fn redefine(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    let is_change = item.sees(&["change"]);
    item.advance();
    let _ = item.takes(&["column"]);
    let _ = item.takes_if_exists();
    let column = if is_change { item.folded()? } else { item.clone().folded()? };
    let definition = Box::new(column::read(item)?);
    let to = definition.name.name.clone();
    push(alter, item, ActionKind::RedefineColumn { column: column.clone(), definition });
    // The new name is in the definition already; that it is one is what rules for all engines look for.
    if column != to {
        push(alter, item, ActionKind::RenameColumn { from: column, to });
    }
    Ok(())
}

fn alter_column(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    item.advance();
    if item.takes_any(&["index", "key", "check", "constraint"]) {
        let _ = item.takes_if_exists();
        item.identifier()?;
        let words = format!("alter index {}", item.first_words(2));
        while item.advance().is_some() {}
        push(alter, item, ActionKind::Other(words));
        return Ok(());
    }
    let _ = item.takes(&["column"]);
    let _ = item.takes_if_exists();
    let column = item.folded()?;
    let kind = if item.takes(&["set", "default"]) {
        let value = item.until(&[]);
        ActionKind::SetDefault { column, expr: expr(&value) }
    } else if item.takes(&["drop", "default"]) {
        ActionKind::DropDefault { column }
    } else if item.takes(&["set", "visible"]) || item.takes(&["set", "invisible"]) {
        ActionKind::SetOptions
    } else {
        return Err(item.unread("what changes of the column should stand here"));
    };
    push(alter, item, kind);
    Ok(())
}

fn rename(item: &mut Cursor<'_, '_>, alter: &mut AlterTable, renames: &mut Acts) -> Result<(), Unread> {
    item.advance();
    let is_column = item.takes(&["column"]);
    if is_column || item.takes_any(&["index", "key"]) {
        let _ = item.takes_if_exists();
        let from = item.folded()?;
        item.needs(&["to"])?;
        let to = item.folded()?;
        let kind = if is_column {
            ActionKind::RenameColumn { from, to }
        } else {
            ActionKind::RenameConstraint { from, to }
        };
        push(alter, item, kind);
        return Ok(());
    }
    let _ = item.takes_any(&["to", "as"]) || item.takes_symbol('=');
    let to = item.name()?.name;
    let rename = Rename { object: Object::Table, from: alter.table.clone(), to };
    renames.push((Some(item.span()), Act::Rename(rename)));
    Ok(())
}

fn convert(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    item.needs(&["convert", "to"])?;
    if !(item.takes(&["character", "set"]) || item.takes(&["charset"]) || item.takes(&["char", "set"])) {
        return Err(item.unread("`CHARACTER SET` should stand here"));
    }
    let charset = item.folded()?;
    let mut collation = None;
    if item.takes(&["collate"]) {
        item.takes_symbol('=');
        collation = Some(item.folded()?);
    }
    push(alter, item, ActionKind::ConvertCharset { charset, collation });
    Ok(())
}

fn options(item: &mut Cursor<'_, '_>, alter: &mut AlterTable) -> Result<(), Unread> {
    while !item.is_done() {
        if item.sees(&["partition", "by"]) {
            while item.advance().is_some() {}
            push(alter, item, ActionKind::Other("partition by".to_owned()));
            return Ok(());
        }
        let Some(option) = table::option(item)? else {
            return Err(item.unread("no change of a table begins like this"));
        };
        let kind = match option.split_once('=') {
            Some(("engine" | "type", engine)) => ActionKind::SetEngine(engine.to_owned()),
            Some((name, value)) => {
                ActionKind::SetTableOption { name: name.to_owned(), value: value.to_owned() }
            }
            None => ActionKind::Other(option),
        };
        push(alter, item, kind);
    }
    Ok(())
}
