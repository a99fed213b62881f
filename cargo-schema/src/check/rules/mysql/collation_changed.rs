//! `collation-changed`.

use crate::check::catalogue;
use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "collation-changed",
    level: Warn,
    ways: Up,
    about: "a column begins to tell, or no longer tells, large letters from small ones",
    why: "Every comparison follows the collation: what `WHERE name = 'bob'` finds, how rows are sorted and grouped, and \
          which values a unique key takes for the same. Nothing fails, and programs find other rows.",
    instead: "Compare with another collation where that is meant, and leave the column as it is:\n\
          \n    \
          SELECT id FROM users WHERE name = 'Bob' COLLATE utf8mb4_bin;",
    find,
    examples: &[
        fires(
            users!("UPDATE users SET email = 'BOB' WHERE id = 1;"),
            "ALTER TABLE users MODIFY email varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
            Claim::Spoils("SELECT count(*) FROM users WHERE email = 'bob'"),
        ),
        fires(
            "CREATE TABLE codes (id bigint PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY (code)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin; INSERT INTO codes VALUES (1, 'A'), (2, 'a');",
            "ALTER TABLE codes CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;",
            Claim::Fails("1062"),
        ),
        quiet(
            users!("ALTER TABLE users ADD name varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;"),
            "ALTER TABLE users MODIFY name varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
        ),
        quiet(
            users!(),
            "ALTER TABLE users ADD code varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    for (table, action) in site.changes_of_old() {
        let Some(known) = site.table(table) else { continue };
        let changed = match &action.kind {
            ActionKind::ConvertCharset { collation: Some(after), .. } => {
                let is_other = |column: &&catalogue::Column| was_told(known, column) != tells_case(after);
                known.columns.iter().filter(is_text).find(is_other).map(|column| (column.name.as_str(), after.as_str()))
            }
            _ => innodb::redefinition(site, table, action).and_then(|(column, name, definition)| {
                let after = definition.collation.as_deref()?;
                let is_other = is_text(&column) && tells_case(after) != was_told(known, column);
                is_other.then_some((name, after))
            }),
        };
        if let Some((column, after)) = changed {
            let what = if tells_case(after) { "tells large letters from small ones from now on" } else { "takes large letters for small ones from now on" };
            hits.push(
                Hit::new(&action.span, format!("`{table}.{column}` {what}"))
                    .note("queries find other rows, and unique keys take other values for the same")
                    .help("name the collation in the queries that need it, and leave the column as it is"),
            );
        }
    }
}

fn is_text(column: &&catalogue::Column) -> bool {
    column.ty.as_ref().is_some_and(innodb::is_text)
}

fn tells_case(collation: &str) -> bool {
    let collation = collation.to_lowercase();
    collation == "binary" || collation.ends_with("_bin") || collation.contains("_cs")
}

/// What nothing is said of has the server's default, which takes them for the same.
fn was_told(table: &Table, column: &catalogue::Column) -> bool {
    let of_table = || table.options.iter().find_map(|option| option.strip_prefix("collate=")).map(str::to_owned);
    let binary = column.charset.as_deref() == Some("binary");
    binary || column.collation.clone().or_else(of_table).is_some_and(|collation| tells_case(&collation))
}
