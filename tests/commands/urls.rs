//! Database URLs in every spelling people have, and where they come from.

use super::shop;

#[test]
fn every_spelling_names_the_same_file() {
    let sandbox = shop(0);
    let absolute = sandbox.path("app.db").display().to_string();
    sandbox.schema("upgrade --database-url app.db").ok();
    let spellings = [
        "app.db".to_owned(),
        "./app.db".to_owned(),
        "file:app.db".to_owned(),
        "file:app.db?mode=rw".to_owned(),
        "sqlite:app.db".to_owned(),
        "sqlite://app.db".to_owned(),
        "sqlite:///app.db".to_owned(),
        "sqlite:///./app.db".to_owned(),
        format!("sqlite:///{absolute}"),
        format!("file://{absolute}"),
        absolute,
        "sqlite+aiosqlite:///app.db".to_owned(),
    ];
    for url in spellings {
        sandbox.schema("current --database-url").arg(&url).ok().prints("4f1c2a9b7d03");
    }
    assert!(!sandbox.root().join("sqlite:").exists());
}

#[test]
fn memory_is_a_database_for_one_command() {
    let sandbox = shop(0);
    sandbox.untouched(|| {
        sandbox.schema("upgrade --database-url :memory:").ok().says("Finished 3 revisions");
        sandbox.schema("upgrade --database-url sqlite::memory:").ok().says("Finished 3 revisions");
        sandbox.schema("list --database-url :memory:").ok().prints("pending");
    });
}

#[test]
fn the_flag_wins_over_the_variable_and_the_variable_over_dotenv() {
    let sandbox = shop(0);
    sandbox.write(".env", "DATABASE_URL=dotenv.db\n");
    sandbox.schema("upgrade").ok();
    sandbox.schema("upgrade +1").env("DATABASE_URL", "variable.db").ok();
    sandbox.schema("upgrade +2 --database-url flag.db").env("DATABASE_URL", "variable.db").ok();
    let counts = ["dotenv.db", "variable.db", "flag.db"].map(|file| sandbox.database(file).versions().len());
    assert_eq!(counts, [3, 1, 2]);
    sandbox.replace("Cargo.toml", "dialect =", "database-url = \"configured.db\"\ndialect =");
    sandbox.schema("upgrade +1").ok();
    assert_eq!(sandbox.database("configured.db").versions().len(), 1);
    sandbox.replace("Cargo.toml", "\"configured.db\"", "\"env:SHOP_URL\"");
    sandbox.schema("upgrade +1").env("SHOP_URL", "named.db").ok();
    assert_eq!(sandbox.database("named.db").versions().len(), 1);
}

#[test]
fn a_name_with_blanks_and_signs_is_a_name() {
    let sandbox = shop(0);
    for name in ["my shop.db", "größe.db", "a#b.db", "100%.db"] {
        sandbox.schema("upgrade --database-url").arg(name).ok();
        assert!(sandbox.path(name).exists(), "{name}: {:?}", sandbox.tree().keys());
    }
}
