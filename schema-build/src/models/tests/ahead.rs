//! What is said of models that moved on since they agreed with the history.

use schema_runtime::dialect::Dialect::Sqlite;

use super::{check_findings, models};
use crate::lockfile::LockFile;
use crate::models::ahead;

const USERS: &str = "
    #[derive(Schema)] #[diesel(table_name = users)]
    struct User { id: i32, #[schema(unique)] email: String, nick: Option<String> }
";

/// What is found when the models agreed as they are in `before`.
#[track_caller]
fn found(before: &str, now: &str) -> Vec<String> {
    let known = models(Sqlite, before).schema;
    let lock = LockFile { schema: Some(known.clone()), models: Some(known), ..LockFile::default() };
    against(&lock, now)
}

#[track_caller]
fn against(lock: &LockFile, now: &str) -> Vec<String> {
    let now = models(Sqlite, now);
    assert_eq!(now.findings, []);
    let line = |place: &crate::finding::Place| place.excerpt.as_ref().map_or(0, |excerpt| excerpt.line);
    let findings = ahead::findings(&now, lock);
    assert!(findings.iter().all(|finding| finding.rule == ahead::RULE));
    findings.iter().map(|it| format!("{}: {}", it.place.as_ref().map_or(0, line), it.message)).collect()
}

#[test]
fn what_is_the_same_is_not_mentioned() {
    assert_eq!(found(USERS, USERS), [] as [&str; 0]);
    check_findings(Sqlite, USERS, "");
    // Neither comments nor what is said once count.
    let same = USERS.replace("nick:", "/* or not */ #[schema(was = \"name\", backfill = \"''\")] nick:");
    assert_eq!(found(USERS, &same), [] as [&str; 0]);
}

#[test]
fn columns_are_named_at_their_fields() {
    let now = USERS
        .replace("nick: Option<String>", "\nphone: Option<String>, \n#[schema(max_length = 9)] nick: String");
    assert_eq!(
        found(USERS, &now),
        [
            "4: the column `users.phone` (Text, null) is not in the history yet",
            "5: the history has another column `users.nick` (Text -> Varchar(9), null -> not null)",
        ]
    );
    let gone = USERS.replace(", nick: Option<String>", "");
    assert_eq!(
        found(USERS, &gone),
        ["3: the history has the column `users.nick`, and the model does not any more"]
    );
    let renamed = USERS.replace("nick:", "#[schema(was = \"nick\")] nickname:");
    assert_eq!(found(USERS, &renamed), ["3: the column `users.nickname` is still `nick` in the history"]);
}

#[test]
fn keys_indexes_and_options_are_named_at_the_struct() {
    let now = USERS
        .replace("#[schema(unique)] ", "#[schema(index)] ")
        .replace("struct", "#[schema(check(\"id > 0\", name = \"positive\"), strict)] struct");
    let found = found(USERS, &now);
    assert_eq!(
        found,
        [
            "3: the history does not have the options of `users` yet",
            "3: the history does not have the index (email) of `users` yet",
            "3: the history does not have the check `positive` of `users` yet",
            "3: the history has the unique key (email) of `users`, and the model does not any more",
        ]
    );
}

#[test]
fn tables_come_and_go_and_get_other_names() {
    let other = "#[derive(Schema)] #[diesel(table_name = carts)] struct Cart { id: i32 }";
    assert_eq!(found(USERS, &format!("{USERS}{other}")), ["4: the table `carts` is not in the history yet"]);
    assert_eq!(
        found(&format!("{USERS}{other}"), USERS),
        ["0: the history has the table `carts`, and no model describes it any more"]
    );
    let renamed = USERS.replace("table_name = users)]", "table_name = people)] #[schema(was = \"users\")]");
    assert_eq!(found(USERS, &renamed), ["3: the table `people` is still `users` in the history"]);
    let block = "table! { carts (id) { id -> Integer, } }";
    assert_eq!(found(&format!("{USERS}{block}"), USERS), [] as [&str; 0]);
}

#[test]
fn a_table_that_never_agreed_is_compared_by_names() {
    let known = models(Sqlite, USERS).schema;
    let mut lock = LockFile { schema: Some(known.clone()), models: Some(known), ..LockFile::default() };
    lock.models.as_mut().expect("models").tables.clear();
    let now = USERS.replace("nick: Option<String>", "phone: String");
    assert_eq!(
        against(&lock, &now),
        [
            "3: the column `users.phone` is not in the history",
            "3: the history has the column `users.nick`, and the model does not",
        ]
    );
    assert_eq!(against(&lock, USERS), ["3: the table `users` is not what the history makes of it"]);
}

#[test]
fn a_lock_file_that_knows_no_models_says_nothing() {
    assert_eq!(against(&LockFile::default(), USERS), [] as [&str; 0]);
    let other =
        models(schema_runtime::dialect::Dialect::Mysql, &USERS.replace("#[schema(unique)]", "")).schema;
    assert_eq!(against(&LockFile { models: Some(other), ..LockFile::default() }, USERS), [] as [&str; 0]);
}
