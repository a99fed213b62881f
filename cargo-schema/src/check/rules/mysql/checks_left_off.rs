//! `checks-left-off`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "checks-left-off",
    level: Warn,
    ways: Up,
    about: "foreign_key_checks or unique_checks is turned off and not on again",
    why: "Whatever the same session runs later (the next revision, with most runners) goes on without \
          the checks, and rows that point to nothing come in.",
    instead: "Turn it on again at the end of the script:\n\
          \n    \
          SET SESSION foreign_key_checks = 1;",
    find,
    examples: &[
        fires(users!(), "SET foreign_key_checks = 0; CREATE TABLE orders (id bigint PRIMARY KEY);", Claim::Spoils("SELECT @@foreign_key_checks")),
        quiet(users!(), "SET FOREIGN_KEY_CHECKS=0; CREATE TABLE orders (id bigint PRIMARY KEY); SET FOREIGN_KEY_CHECKS=1;"),
        quiet(users!(), "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; CREATE TABLE orders (id bigint PRIMARY KEY); /*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::Set(set) = site.act else { return };
    let is_off = matches!(set.value.as_deref(), Some("0" | "off" | "false"));
    if !is_off || !matches!(set.name.as_str(), "foreign_key_checks" | "unique_checks" | "check_constraint_checks") {
        return;
    }
    let is_reset = site.after().iter().any(|placed| matches!(&placed.act, Act::Set(later) if later.name == set.name));
    if !is_reset {
        hits.push(
            Hit::new(site.span, format!("`{}` stays off for whatever the session runs after this script", set.name))
                .sql("turn it on again at the end:", format!("SET SESSION {} = 1;", set.name)),
        );
    }
}
