//! DROP, RENAME and TRUNCATE.

use super::super::act::{self, Object, Rename, Truncate};
use super::cursor::{Cursor, Unread};
use super::{Act, Acts, create, key, one};

/// DROP itself stands here.
pub(super) fn read(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    if cursor.sees(&["prepare"]) {
        return one(Act::Other("drop prepare".to_owned()));
    }
    let is_temporary = cursor.takes(&["temporary"]);
    let _ = cursor.takes(&["undo"]);
    let object = create::object(&mut cursor)?;
    let if_exists = cursor.takes_if_exists();
    let mut drop =
        act::Drop { object, names: Vec::new(), on: None, if_exists, cascade: false, concurrently: false };
    loop {
        drop.names.push(if object == Object::Role { cursor.person()? } else { cursor.name()? });
        if !cursor.takes_symbol(',') {
            break;
        }
    }
    if cursor.takes(&["on"]) {
        drop.on = Some(cursor.name()?);
    }
    if object == Object::Index {
        drop.names.iter_mut().for_each(|name| name.name = name.name.to_lowercase());
    }
    while cursor.takes_any(&["restrict", "cascade", "force"])
        || cursor.takes_wait().is_some()
        || cursor.sees_any(&["algorithm", "lock"])
    {
        if cursor.sees_any(&["algorithm", "lock"]) {
            super::alter::takes_promise(&mut cursor)?;
        }
    }
    if object != Object::Tablespace && object != Object::Other {
        key::ended(&cursor)?;
    }
    // Nobody but this session sees such a table.
    one(if is_temporary { Act::Other("drop temporary table".to_owned()) } else { Act::Drop(drop) })
}

/// RENAME TABLE a TO b, c TO d.
pub(super) fn rename(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    if cursor.sees(&["user"]) {
        return one(Act::Other("rename user".to_owned()));
    }
    if !cursor.takes_any(&["table", "tables"]) {
        return Err(cursor.unread("`TABLE` should stand here"));
    }
    let _ = cursor.takes_if_exists();
    cursor.items().into_iter().map(renamed).collect()
}

fn renamed(mut item: Cursor<'_, '_>) -> Result<(Option<std::ops::Range<usize>>, Act), Unread> {
    let from = item.name()?;
    let _ = item.takes_wait();
    item.needs(&["to"])?;
    let to = item.name()?.name;
    key::ended(&item)?;
    Ok((Some(item.span()), Act::Rename(Rename { object: Object::Table, from, to })))
}

/// TRUNCATE TABLE.
pub(super) fn truncate(mut cursor: Cursor<'_, '_>) -> Result<Acts, Unread> {
    cursor.advance();
    let _ = cursor.takes(&["table"]);
    let table = cursor.name()?;
    let _ = cursor.takes_wait();
    key::ended(&cursor)?;
    one(Act::Truncate(Truncate { tables: vec![table], cascade: false }))
}
