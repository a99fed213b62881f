//! Migration files as people, editors and merges leave them.

use super::{ORDERS, STOCK, refused, shop};
use crate::harness::Sandbox;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[track_caller]
fn breaks(content: &[u8], says: &str) {
    let sandbox = shop();
    sandbox.write(&format!("{STOCK}/up.sql"), content);
    refused(&sandbox, "upgrade --database-url app.db", 1).says(&format!("{STOCK}/up.sql")).says(says);
    refused(&sandbox, "revert --database-url app.db", 1).says(&format!("{STOCK}/up.sql"));
}

#[test]
fn an_empty_file() {
    breaks(b"", "empty");
}

#[test]
fn a_binary_file() {
    breaks(&[0xff, 0xfe, 0x00, 0x01, 0x80], "UTF-8");
}

#[test]
fn conflict_markers() {
    breaks(b"<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> theirs\n", "up.sql:1");
}

#[test]
fn a_message_that_breaks_lines() {
    let sandbox = shop();
    let (from, to) = ("message = \"count the stock\"", "message = \"count\\n\\u001b[2J\\u202ethe stock\"");
    sandbox.replace(&format!("{STOCK}/metadata.toml"), from, to);
    sandbox.schema("list --database-url app.db").ok().prints("  count [2J the stock\n");
    sandbox.schema("sql --database-url app.db").ok().prints("4f1c2a9b7d03 count [2J the stock\n");
}

#[test]
fn a_nul_byte() {
    let sandbox = shop();
    sandbox.write(&format!("{STOCK}/up.sql"), b"SELECT 1;\0DROP TABLE products;");
    refused(&sandbox, "upgrade --database-url app.db", 1).says(&format!("{STOCK}/up.sql")).says("NUL");
}

#[test]
fn a_file_that_may_not_be_read() {
    let sandbox = shop();
    let up = sandbox.path(format!("{STOCK}/up.sql"));
    fs::set_permissions(&up, fs::Permissions::from_mode(0o000)).unwrap();
    let run = sandbox.schema("upgrade --migrations migrations --database-url app.db").without_power(&sandbox);
    sandbox.untouched(|| run.exits(1)).says(&format!("{STOCK}/up.sql")).says("ermission denied");
}

#[test]
fn a_file_that_is_too_large() {
    let sandbox = shop();
    // A hole takes no room on the disk.
    let file = fs::File::options().write(true).open(sandbox.path(format!("{STOCK}/up.sql"))).unwrap();
    file.set_len(65 << 20).unwrap();
    refused(&sandbox, "upgrade --database-url app.db", 1).says(&format!("{STOCK}/up.sql")).says("64 MiB");
}

#[test]
fn a_folder_whose_name_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = shop();
    let name = std::ffi::OsStr::from_bytes(b"0009_caf\xe9");
    fs::create_dir(sandbox.path("migrations").join(name)).unwrap();
    fs::write(sandbox.path("migrations").join(name).join("up.sql"), "SELECT 1;").unwrap();
    refused(&sandbox, "upgrade --database-url app.db", 1).says("0009_caf").says("UTF-8");
}

#[test]
fn a_folder_where_a_file_should_be() {
    let sandbox = shop();
    fs::remove_file(sandbox.path(format!("{STOCK}/up.sql"))).unwrap();
    fs::create_dir(sandbox.path(format!("{STOCK}/up.sql"))).unwrap();
    refused(&sandbox, "upgrade --database-url app.db", 1).says("up.sql");
}

#[test]
fn a_huge_file_runs() {
    let sandbox = shop();
    let mut sql = String::from("CREATE TABLE huge (text TEXT);\n");
    (0..100_000)
        .for_each(|row| sql.push_str(&format!("INSERT INTO huge VALUES ('row {row}; -- no comment');\n")));
    sandbox.write(&format!("{STOCK}/up.sql"), sql);
    sandbox.schema("upgrade --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").count("huge"), 100_000);
}

#[test]
fn line_endings_and_a_byte_order_mark_do_not_matter() {
    let sandbox = shop();
    let sql = sandbox.read(&format!("{STOCK}/up.sql"));
    sandbox.write(&format!("{STOCK}/up.sql"), format!("\u{feff}{}", sql.replace('\n', "\r\n")));
    let metadata = sandbox.read(&format!("{STOCK}/metadata.toml"));
    sandbox.write(&format!("{STOCK}/metadata.toml"), metadata.replace('\n', "\r\n"));
    sandbox.schema("check").ok();
    sandbox.schema("upgrade --database-url app.db").ok();
    sandbox.schema("revert base --database-url app.db").ok();
}

#[test]
fn metadata_with_unknown_keys_and_bad_toml() {
    let sandbox = shop();
    sandbox.replace(&format!("{STOCK}/metadata.toml"), "message", "mesage");
    sandbox.write(&format!("{ORDERS}/metadata.toml"), "revision = ");
    refused(&sandbox, "upgrade --database-url app.db", 1)
        .says(&format!("{STOCK}/metadata.toml:4:1"))
        .says("`mesage`")
        .says("`message`")
        .says(&format!("{ORDERS}/metadata.toml:1"));
}

#[test]
fn folder_names_with_quotes_spaces_unicode_and_255_bytes() {
    let sandbox = Sandbox::empty();
    let long = format!("0005_{}", "x".repeat(250));
    for folder in ["0001_it's \"quoted\"", "0002_two  words", "0003_größe_表", "0004_a;b`c$d\\e", &long] {
        let table = &folder[..4];
        sandbox.migration(
            folder,
            "",
            &format!("CREATE TABLE t{table} (id INTEGER);"),
            Some(&format!("DROP TABLE t{table};")),
        );
    }
    let here = "--migrations migrations --database-url app.db";
    sandbox.schema(&format!("upgrade {here}")).ok();
    sandbox.schema(&format!("list {here}")).ok().prints("größe");
    sandbox.schema(&format!("history {here}")).ok();
    sandbox.schema(&format!("revert base {here}")).ok();
    assert_eq!(sandbox.database("app.db").versions(), Vec::<String>::new());
}

#[test]
fn a_symlink_out_of_the_folder() {
    let sandbox = shop();
    let up = sandbox.path(format!("{STOCK}/up.sql"));
    sandbox.write("outside.sql", "SELECT 1;");
    fs::remove_file(&up).unwrap();
    std::os::unix::fs::symlink(sandbox.path("outside.sql"), &up).unwrap();
    refused(&sandbox, "upgrade --database-url app.db", 1).says(&format!("{STOCK}/up.sql")).says("link");
}

#[test]
fn two_folders_for_one_id() {
    let sandbox = shop();
    sandbox.replace(&format!("{STOCK}/metadata.toml"), "4f1c2a9b7d03", "1f0e9d8c7b6a");
    refused(&sandbox, "upgrade --database-url app.db", 1)
        .says("1f0e9d8c7b6a_create_orders")
        .says("4f1c2a9b7d03_count_the_stock");
}

#[test]
fn rubbish_in_the_lock_file_is_a_warning_to_a_run_and_an_error_to_a_check() {
    let sandbox = shop();
    sandbox.write("migrations/schema.lock", "<<<<<<< HEAD\n\u{1}\n");
    sandbox.schema("upgrade --database-url app.db").ok().says("warning").says("schema.lock");
    refused(&sandbox, "check", 1).says("schema.lock");
}

#[test]
fn names_that_are_reserved_need_quotes_or_are_endless_run() {
    let sandbox = shop();
    let long = "n".repeat(5000);
    sandbox.write(
        &format!("{STOCK}/up.sql"),
        format!(
            "CREATE TABLE \"order\" (\"select\" TEXT, [a b] TEXT, `c;d` TEXT, \"it's\" TEXT, {long} TEXT);
INSERT INTO \"order\" VALUES ('1', '2', '3', '4', '5');
ALTER TABLE \"order\" RENAME TO \"--table\";
"
        ),
    );
    sandbox.schema("upgrade --database-url app.db").ok();
    assert_eq!(sandbox.database("app.db").rows(&format!("SELECT {long} FROM \"--table\"")), ["5"]);
}
