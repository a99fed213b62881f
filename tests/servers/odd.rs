//! Databases that are not what the files say, and files that few people write.

use super::{Bed, IDS};
use crate::harness::Engine;

cases!(
    an_edited_revision_stops_everything,
    what_the_files_lack_is_not_built_upon,
    a_renamed_folder_is_the_same_revision,
    a_ledger_of_a_newer_version_is_only_read,
    a_way_down_that_does_nothing_is_refused,
    an_irreversible_revision_says_why,
    line_endings_and_a_byte_order_mark_do_not_matter,
    names_that_need_quotes_run,
    a_file_of_comments_is_a_revision,
    a_user_who_is_called_like_a_row_is_a_user,
);

fn an_edited_revision_stops_everything(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    bed.revision(
        0,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(41));\n",
        "DROP TABLE users;\n",
    );
    bed.schema("upgrade").exits(1).says("changed after being applied");
    bed.schema("stamp current").ok();
    bed.schema("list").ok();
}

fn what_the_files_lack_is_not_built_upon(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    bed.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231')");
    bed.schema("upgrade").exits(1).says("lacks").says("--allow-newer");
    bed.schema("upgrade --allow-newer").ok();
    // With nothing pending it is a warning.
    bed.schema("upgrade").ok().says("20991231");
    bed.schema("stamp heads --purge").ok();
    assert_eq!(bed.versions().len(), 3);
}

fn a_renamed_folder_is_the_same_revision(bed: &Bed) {
    bed.schema("upgrade").ok();
    let old = bed.sandbox.path(bed.folder(2));
    std::fs::rename(old, bed.sandbox.path("migrations/2026-11-21-0900-4f1c2a9b7d03_step")).unwrap();
    bed.schema("upgrade").ok().says("nothing is pending");
    assert_eq!(bed.versions()[2], "202611210900-4f1c2a9b7d03".replace('-', ""));
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
}

fn a_ledger_of_a_newer_version_is_only_read(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    bed.run("UPDATE __schema_ledger SET format = 99");
    for words in ["upgrade", "revert", "stamp head", "reset --yes"] {
        bed.schema(words).exits(1).says("newer");
    }
    bed.schema("current").ok().says("newer").prints(IDS[1]);
    assert_eq!(bed.versions().len(), 2);
}

fn a_way_down_that_does_nothing_is_refused(bed: &Bed) {
    bed.schema("upgrade").ok();
    let down = format!("{}/down.sql", bed.folder(2));
    bed.sandbox.write(&down, "-- nothing\n");
    bed.schema("revert").exits(1).says(IDS[2]).says("--allow-empty-down");
    std::fs::remove_file(bed.sandbox.path(&down)).unwrap();
    bed.schema("revert base").exits(1).says(IDS[2]);
    assert_eq!(bed.versions().len(), 3);
    bed.schema("revert --allow-empty-down").ok();
    bed.at(&[IDS[1]]);
    assert_eq!(bed.rows("stock", "FROM users"), ["7"]);
}

fn an_irreversible_revision_says_why(bed: &Bed) {
    bed.schema("upgrade").ok();
    let metadata = format!("{}/metadata.toml", bed.folder(1));
    bed.sandbox.replace(&metadata, "parents", "irreversible = \"the rows are gone\"\nparents");
    bed.schema("revert base").exits(1).says("the rows are gone").says(IDS[1]);
    assert_eq!(bed.versions().len(), 3, "not even what could be reverted");
    bed.schema("revert").ok();
    bed.schema("revert").exits(1).says("the rows are gone");
}

fn line_endings_and_a_byte_order_mark_do_not_matter(bed: &Bed) {
    bed.schema("upgrade +2").ok();
    for index in [1, 2] {
        let folder = bed.folder(index);
        for file in ["up.sql", "down.sql", "metadata.toml"] {
            let file = format!("{folder}/{file}");
            let text = bed.sandbox.read(&file).replace('\n', "\r\n");
            let mark = if file.ends_with("sql") { "\u{feff}" } else { "" };
            bed.sandbox
                .write(&file, format!("{mark}-- a comment\r\n{text}").replace("-- a comment\r\nrun", "run"));
        }
    }
    bed.schema("upgrade").ok().says("1 revision in");
    bed.schema("revert base").ok();
}

fn names_that_need_quotes_run(bed: &Bed) {
    // As long as the engine allows.
    let (quote, long) = match bed.engine() {
        Engine::Mysql => ('`', "n".repeat(64)),
        Engine::Postgres => ('"', "n".repeat(63)),
        Engine::Sqlite => ('"', "n".repeat(5000)),
    };
    let up = "CREATE TABLE \"order\" (\"select\" INTEGER, \"c;d\" INTEGER, \"it's\" INTEGER, \"--\" INTEGER, LONG INTEGER);\n\
        INSERT INTO \"order\" VALUES (1, 2, 3, 4, 5);\nALTER TABLE \"order\" RENAME TO \"ta/*ble\";\n";
    let spelled = |sql: &str| sql.replace('"', &quote.to_string()).replace("LONG", &long);
    bed.revision(3, &spelled(up), &spelled("DROP TABLE \"ta/*ble\";\n"));
    bed.schema("upgrade").ok();
    assert_eq!(bed.rows(&long, &spelled("FROM \"ta/*ble\"")), ["5"]);
    bed.schema("revert").ok();
}

fn a_file_of_comments_is_a_revision(bed: &Bed) {
    bed.revision(3, "-- nothing to do; not yet\n/* really */\n", "-- nothing\n");
    bed.schema("upgrade").ok().says("4 revisions");
    assert_eq!(bed.versions().len(), 4);
    bed.schema("revert --allow-empty-down").ok();
    assert_eq!(bed.versions().len(), 3);
}

fn a_user_who_is_called_like_a_row_is_a_user(bed: &Bed) {
    bed.schema("upgrade +1").ok();
    // Where the ledger comes as one text, these characters part its rows and fields.
    let row = ["upgrade 1 1 1 done 99999 s f", IDS[0], &bed.versions()[0], "1-deadbeef", "z"].join("\u{1f}");
    bed.schema("upgrade").env("USER", format!("a\u{1f}tool\u{1e}{row}")).ok();
    bed.schema("upgrade").ok().says("nothing is pending");
    for look in ["", "current", "list"] {
        bed.schema(look).ok().lacks("dited");
    }
}
