//! `attributes-lost`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "attributes-lost",
    level: Deny,
    ways: Up,
    about: "a column is defined anew, and loses what is not repeated",
    why: "MODIFY and CHANGE replace the whole definition: a DEFAULT, AUTO_INCREMENT, ON UPDATE, \
          COMMENT, CHARACTER SET or COLLATE that is not repeated is gone, and nothing says so.",
    instead: "Repeat all that should stay; `SHOW CREATE TABLE` shows it. For the default alone, or the \
          name alone, there are statements that touch nothing else:\n\
          \n    \
          ALTER TABLE users ALTER COLUMN age SET DEFAULT 21;\n    \
          ALTER TABLE users RENAME COLUMN age TO years;",
    find,
    examples: &[
        fires(users!("ALTER TABLE users MODIFY age int DEFAULT 18;"), "ALTER TABLE users MODIFY age int COMMENT 'years';", Claim::Spoils("SELECT COLUMN_DEFAULT = '18' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'age'")),
        fires(users!(), "ALTER TABLE users MODIFY id bigint NOT NULL;", Claim::Breaks("INSERT INTO users (email) VALUES ('c')")),
        fires(users!("ALTER TABLE users ADD seen datetime DEFAULT now() ON UPDATE now();"), "ALTER TABLE users CHANGE seen seen_at datetime DEFAULT now();", Claim::Spoils("SELECT EXTRA LIKE '%update%' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME LIKE 'seen%'")),
        quiet(users!("ALTER TABLE users MODIFY age int DEFAULT 18 COMMENT 'years';"), "ALTER TABLE users MODIFY age int DEFAULT 21 COMMENT 'years';"),
        quiet(users!("ALTER TABLE users MODIFY age int DEFAULT 18;"), "-- schema:allow(rename-column) nobody reads it\nALTER TABLE users RENAME COLUMN age TO years;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some((known, column, definition)) = innodb::redefinition(site, table, action) else { continue };
        let gone = lost(known, definition);
        if gone.is_empty() || site.is_fresh(known.born) {
            continue;
        }
        hits.push(
            Hit::new(&action.span, format!("`{table}.{column}` loses {}", gone.join(", ")))
                .note("MODIFY and CHANGE replace the whole definition of a column")
                .help("repeat what should stay"),
        );
    }
}

/// What a column has that its new definition does not speak of.
fn lost(known: &crate::check::catalogue::Column, definition: &Column) -> Vec<String> {
    let is_text = definition.ty.as_ref().is_some_and(innodb::is_text) && known.ty.as_ref().is_some_and(innodb::is_text);
    let default = known.default.as_ref().filter(|default| !default.is_null && definition.default.is_none());
    let update = known.on_update.as_ref().filter(|_| definition.on_update.is_none());
    let comment = known.comment.as_ref().filter(|it| !it.is_empty() && definition.comment.is_none());
    let (charset, collation) = (known.charset.as_ref(), known.collation.as_ref());
    let has_own = definition.charset.is_some() || definition.collation.is_some() || !is_text;
    [
        default.map(|default| format!("its default `{}`", default.text)),
        (known.is_numbered && !definition.is_numbered).then(|| "AUTO_INCREMENT".to_owned()),
        update.map(|update| format!("ON UPDATE {}", update.text)),
        comment.map(|comment| format!("its comment '{comment}'")),
        charset.filter(|_| !has_own).map(|charset| format!("CHARACTER SET {charset}")),
        collation.filter(|_| !has_own).map(|collation| format!("COLLATE {collation}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
