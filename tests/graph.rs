//! The history and the tables as diagrams.

use crate::harness::Sandbox;

fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.schema]\ndialect = \"sqlite\"\n\n[workspace]\n",
    );
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, \"<name>\" TEXT NOT NULL, boss_id INTEGER REFERENCES users);";
    let orders = "CREATE TABLE \"my orders\" (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), total NUMERIC(10, 2));";
    sandbox.migration("2021-01-01-000000_users", "", users, None);
    sandbox.migration("2021-01-02-000000_orders", "", orders, None);
    sandbox
}

fn drawn(sandbox: &Sandbox, words: &str) -> String {
    sandbox.untouched(|| sandbox.schema(&format!("graph {words}")).ok().stdout)
}

#[test]
fn the_tables_in_every_language() {
    let sandbox = shop();
    assert_eq!(
        drawn(&sandbox, "entities"),
        "my orders\n  id       INTEGER         key\n  user_id  INTEGER         foreign\n  total    NUMERIC(10, 2)  null\n  (user_id) -> users\n\
         \nusers\n  id       INTEGER  key\n  <name>   TEXT\n  boss_id  INTEGER  foreign, null\n  (boss_id) -> users\n"
    );
    assert_eq!(
        drawn(&sandbox, "entities --as mermaid"),
        "erDiagram\n    t0[\"my orders\"] {\n        INTEGER id PK\n        INTEGER user_id FK\n        NUMERIC_10__2 total\n    }\n    \
         t1[\"users\"] {\n        INTEGER id PK\n        TEXT name\n        INTEGER boss_id FK\n    }\n    \
         t0 }o--|| t1 : \"user_id\"\n    t1 }o--|| t1 : \"boss_id\"\n"
    );
    let dot = drawn(&sandbox, "entities --as dot");
    assert!(dot.starts_with("digraph schema {\n    rankdir = LR;\n"), "{dot}");
    assert!(dot.contains("n0 [label = \"my orders\\nid INTEGER key\\luser_id INTEGER foreign\\l"), "{dot}");
    assert!(dot.contains("n0 -> n1 [label = \"user_id\"];"), "{dot}");
    let svg = drawn(&sandbox, "entities --as svg");
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains(">&lt;name&gt; TEXT</text>"), "{svg}");
    assert_eq!(svg.matches("<rect ").count(), 2);
    assert_eq!(drawn(&sandbox, "entities --as svg"), svg, "the same on every run");
}

#[test]
fn the_history_in_every_language() {
    let sandbox = shop();
    assert_eq!(
        drawn(&sandbox, ""),
        "20210101000000\n  users\n  2021-01-01 00:00\n  base\n\n20210102000000\n  orders\n  2021-01-02 00:00\n  head\n  follows 20210101000000\n"
    );
    let mermaid = drawn(&sandbox, "history --as mermaid");
    assert!(mermaid.starts_with("flowchart BT\n    r0[\"20210101000000<br/>users<br/>"), "{mermaid}");
    assert!(mermaid.ends_with("    r0 --> r1\n"), "{mermaid}");
    assert!(drawn(&sandbox, "--as dot").contains("n0 -> n1"), "an arrow");
    assert_eq!(drawn(&sandbox, "--as svg").matches("<rect ").count(), 2);
}

#[test]
fn a_page_has_both_and_needs_nothing_else() {
    let sandbox = shop();
    sandbox.schema("graph --as html -o schema.html").ok().says("Drew schema.html");
    let page = sandbox.read("schema.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    assert_eq!(page.matches("<svg ").count(), 2);
    for elsewhere in ["<script", "src=", "href=", "@import"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    let one = drawn(&sandbox, "entities --as html");
    assert_eq!(one.matches("<svg ").count(), 1);
}

#[test]
fn a_diagram_is_data_too_and_may_be_of_any_side() {
    let sandbox = shop();
    let document = sandbox.schema("graph entities --format json").ok().json();
    assert_eq!(document["arrows"][0]["from"], "my orders");
    assert_eq!(document["arrows"][0]["to"], "users");
    assert!(!drawn(&sandbox, "entities --of 20210101000000").contains("my orders"));
    sandbox.database("app.db").run("CREATE TABLE odd (id INTEGER PRIMARY KEY)");
    assert!(drawn(&sandbox, "entities --of database --database-url app.db").starts_with("odd\n"));
}
