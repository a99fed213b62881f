//! `enum-values-removed`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "enum-values-removed",
    level: Deny,
    ways: Up,
    about: "an ENUM or SET loses values that rows may have",
    why: "In strict mode the statement fails on the first row that has such a value; without it those \
          rows get an empty one. All rows are copied while nobody can write.",
    instead: "Change the rows first, in a revision of their own; or leave the value there, unused.",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD mood enum('happy', 'sad') DEFAULT 'sad';"), "ALTER TABLE users MODIFY mood enum('happy') DEFAULT 'happy';", Claim::Fails("1265")),
        quiet(users!("ALTER TABLE users ADD mood enum('happy', 'sad') DEFAULT 'sad';"), "ALTER TABLE users MODIFY mood enum('happy', 'sad', 'so so') DEFAULT 'sad';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some((known, column, definition)) = innodb::redefinition(site, table, action) else { continue };
        let (Some(from), Some(to)) = (&known.ty, &definition.ty) else { continue };
        let gone: Vec<&str> =
            from.values.iter().filter(|value| !to.values.contains(value)).map(String::as_str).collect();
        if to.values.is_empty() || gone.is_empty() {
            continue;
        }
        let what = format!("rows of `{table}` whose `{column}` is '{}' have no value any more", gone.join("', '"));
        hits.push(Hit::new(&action.span, what).note("it fails where there is such a row, and copies all of them while nobody can write").sql(
            "change the rows first, in a revision of their own:",
            format!("UPDATE {table} SET {column} = '{}' WHERE {column} = '{}';", to.values[0], gone[0]),
        ));
    }
}
