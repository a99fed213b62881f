//! `security-definer-search-path`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "security-definer-search-path",
    level: Deny,
    ways: Both,
    about: "a function with its owner's rights looks for names where its caller says",
    why: "SECURITY DEFINER runs with the rights of the owner. Without a fixed search_path the caller decides \
          which table or function a name in it means, and so what runs with those rights.",
    instead: "Fix it:\n\
          \n    \
          CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS 'SELECT 1';",
    find,
    examples: &[
        fires(
            "",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
            Claim::Loses(
                "SELECT 1 - (SELECT count(*) FROM pg_proc WHERE proname = 'f' AND prosecdef AND proconfig IS NULL)",
            ),
        ),
        quiet(
            "",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateFunction(create) = site.act else { return };
    let is_fixed_later = site.after().iter().any(|placed| match &placed.act {
        Act::Alter(alter) => {
            alter.object == Object::Function
                && alter.name.name == create.name.name
                && alter.words.contains("search_path")
        }
        _ => false,
    });
    if create.is_definer && !create.sets_search_path && !is_fixed_later {
        hits.push(
            Hit::new(
                site.span,
                format!("whoever calls `{}` decides which names run with its owner's rights", create.name),
            )
            .help("add `SET search_path = pg_catalog, public` to it"),
        );
    }
}
