//! `replaced-function-differs`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "replaced-function-differs",
    level: Deny,
    ways: Both,
    about: "a function is replaced by one that gives another type",
    why: "CREATE OR REPLACE FUNCTION keeps what calls the function, so it takes another body and nothing else: it fails \
          where the type that is given would be another.",
    instead: "Drop the function first, and make it again in the same revision:\n\
          \n    \
          DROP FUNCTION total(int);\n    \
          CREATE FUNCTION total(int) RETURNS numeric LANGUAGE sql AS $$ SELECT $1 * 2.5 $$;",
    find,
    examples: &[
        fires(
            "CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 * 2 $$;",
            "CREATE OR REPLACE FUNCTION total(int) RETURNS numeric LANGUAGE sql AS $$ SELECT $1 * 2.5 $$;",
            Claim::Fails("42P13"),
        ),
        quiet(
            "CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 * 2 $$;",
            "CREATE OR REPLACE FUNCTION total(int) RETURNS integer LANGUAGE sql AS $$ SELECT $1 * 3 $$; CREATE OR REPLACE FUNCTION total(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 $$;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateFunction(create) = site.act else { return };
    let Some((takes, gives)) = create.signature.as_ref().filter(|_| create.or_replace && !site.is_inner) else { return };
    let Some(before) = site.catalogue.given_by(&create.name.name, takes) else { return };
    if before.name != gives.name || before.dimensions != gives.dimensions {
        hits.push(
            Hit::new(site.span, format!("PostgreSQL refuses to replace `{}`: it gives {}, and would give {}", create.name, before.text, gives.text))
                .help("drop the function first, and make it again in the same revision"),
        );
    }
}
