//! `differs-on-replicas`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "differs-on-replicas",
    level: Allow,
    ways: Up,
    about: "rows are changed by values that differ from server to server",
    why: "Where the binary log holds statements (`binlog_format = STATEMENT`), a replica that runs \
          UUID() or RAND() again gets other values.",
    instead: "Use row based logging, or compute the values in the program.",
    find,
    examples: &[
        fires(users!(), "UPDATE users SET email = UUID() WHERE id = 1;", Claim::Runs),
        quiet(users!(), "UPDATE users SET email = 'UUID()' WHERE id = 1;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    const EACH: [&str; 6] = ["uuid", "uuid_short", "rand", "sysdate", "sleep", "load_file"];
    let (table, expr) = match site.act {
        Act::Insert(insert) => (&insert.table, &insert.expr),
        Act::Update(change) | Act::Delete(change) => (&change.table, &change.expr),
        _ => return,
    };
    if let Some(call) = expr.calls.iter().find(|call| EACH.contains(&call.as_str())) {
        hits.push(
            Hit::new(site.span, format!("a replica that runs `{call}` again has other rows in `{table}`"))
                .help("use row based logging, or compute the values in the program"),
        );
    }
}
