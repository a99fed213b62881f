//! `drop-view`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-view",
    level: Warn,
    ways: Up,
    about: "a view goes that programs may read",
    why: "Programs, reports and other views that read it fail from this moment on.",
    instead: "Drop it in a release after the one that stopped reading it. To change it, replace it in the same \
          revision.",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "DROP VIEW names;",
            Claim::Breaks("SELECT email FROM names"),
        ),
        quiet(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);\nINSERT INTO users SELECT n, 'a' || n, n FROM generate_series(1, 100) n; CREATE VIEW names AS SELECT email FROM users;",
            "DROP VIEW names; CREATE VIEW names AS SELECT email, age FROM users;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Drop(drop) = site.act else { return };
    if !matches!(drop.object, Object::View | Object::MaterializedView) {
        return;
    }
    for view in drop.names.iter().filter(|view| !returns(site, view) && !site.is_missing(drop, view)) {
        if site.catalogue.view(view).is_some_and(|known| site.is_fresh(known.born)) {
            continue;
        }
        hits.push(
            Hit::new(
                site.span,
                format!("whoever reads the {} `{view}` fails from then on", drop.object.word()),
            )
            .help("drop it in a release after the one that stopped reading it"),
        );
    }
}

/// It is made again in the same script.
fn returns(site: &Site<'_>, view: &Name) -> bool {
    site.after().iter().any(|placed| match &placed.act {
        Act::CreateView(create) => create.name == *view,
        Act::CreateTable(create) => create.table == *view,
        _ => false,
    })
}
