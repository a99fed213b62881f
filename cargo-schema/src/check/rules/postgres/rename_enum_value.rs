//! `rename-enum-value`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "rename-enum-value",
    level: Deny,
    ways: Up,
    about: "a value of an enum gets another name while programs use the old one",
    why: "Programs of the previous release write the old name, which fails, and do not know the new one when \
          they read it.",
    instead: "Add the new value, write it in the next release, and change the rows after that.",
    find,
    examples: &[
        fires(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE moods (m mood);",
            "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';",
            Claim::Breaks("INSERT INTO moods VALUES ('sad')"),
        ),
        quiet("", "CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::RenameEnumValue(rename) = site.act else { return };
    if site.catalogue.enum_type(&rename.name.name).is_some_and(|known| site.is_fresh(known.born)) {
        return;
    }
    hits.push(
        Hit::new(
            site.span,
            format!(
                "programs that run now write `{}` to `{}`, which is called `{}` from then on",
                rename.from, rename.name, rename.to
            ),
        )
        .help("add the new value, write it in the next release, and change the rows after that"),
    );
}
