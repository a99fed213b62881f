//! `foreign-key-refused`.

use crate::check::rules::innodb;
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-refused",
    level: Deny,
    ways: Up,
    about: "a foreign key that InnoDB refuses",
    why: "Both sides need the same type, sign, character set and collation, the columns that it points \
          to have to begin an index, in their order, and ON DELETE SET NULL needs columns that may be \
          NULL. Otherwise the statement fails (errno 150).",
    instead: "Give both sides the same type, and the other side a key:\n\
          \n    \
          CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));",
    find,
    examples: &[
        fires(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));", Claim::Fails("1005")),
        fires(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint unsigned, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id));", Claim::Fails("1005")),
        fires(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_age int, FOREIGN KEY (user_age) REFERENCES users (age));", Claim::Fails("1005")),
        fires(users!("CREATE UNIQUE INDEX e ON users (email);"), "CREATE TABLE orders (id bigint PRIMARY KEY, email varchar(100) CHARACTER SET latin1, FOREIGN KEY (email) REFERENCES users (email));", Claim::Fails("1005")),
        quiet(users!(), "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let mut after = site.catalogue.clone();
    after.apply(site.act, site.script.era);
    for (table, constraint) in innodb::constraints(site) {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        let (Some(own), Some(theirs)) = (after.table(table), after.table(&key.table)) else { continue };
        let references = if key.references.is_empty() { theirs.primary_key.clone().unwrap_or_default() } else { key.references.clone() };
        if own.is_vague || theirs.is_vague || !innodb::is_kept_by_innodb(own) || !innodb::is_kept_by_innodb(theirs) {
            continue;
        }
        if let Some(reason) = refusal(own, theirs, &key.columns, &references, table, &key.table) {
            hits.push(Hit::new(&constraint.span, reason).help("InnoDB refuses it; give both sides the same type, and the other side a key"));
        }
    }
}

fn refusal(own: &Table, theirs: &Table, columns: &[String], references: &[String], table: &Name, target: &Name) -> Option<String> {
    for (column, reference) in columns.iter().zip(references) {
        let (here, there) = (own.column(column)?, theirs.column(reference)?);
        let (ty, other) = (here.ty.as_ref()?, there.ty.as_ref()?);
        let sign = |ty: &crate::check::sql::part::Type| ty.modifiers.iter().any(|it| it == "unsigned");
        if ty.name != other.name || sign(ty) != sign(other) {
            return Some(format!("`{table}.{column}` is `{}`, and `{target}.{reference}`, to which it points, is `{}`", ty.text, other.text));
        }
        let charset = |table: &Table, column: &crate::check::catalogue::Column| innodb::charset(table, column.charset.as_ref(), column.collation.as_ref());
        if let (true, Some(a), Some(b)) = (innodb::is_text(ty), charset(own, here), charset(theirs, there))
            && a != b
        {
            return Some(format!("`{table}.{column}` is text in `{a}`, and `{target}.{reference}`, to which it points, in `{b}`"));
        }
    }
    let begins = |index: &crate::check::catalogue::Index| {
        index.method.is_none() && index.columns.iter().flatten().take(references.len()).eq(references)
    };
    let has_key = theirs.indexes.iter().any(begins);
    (!has_key).then(|| format!("no key of `{target}` begins with ({})", references.join(", ")))
}
