//! Schemas of one PostgreSQL database, each with a ledger of its own.

use std::io::{BufRead as _, BufReader};

use super::{ORDERS, Schemas, USERS, revision};

#[test]
fn every_schema_that_fits_has_its_own_ledger() {
    let Some(bed) = Schemas::new(3) else { return };
    bed.run("CREATE SCHEMA other; CREATE SCHEMA \"Tenant 4\"");
    bed.schema("list --schemas tenant_*").ok().prints("pending  tenant_3  base  2 revisions").lacks("other");
    assert_eq!(bed.with("__schema_ledger"), Vec::<String>::new());
    bed.schema("upgrade --schemas tenant_*").ok().says("3 schemas in").says(": 3 done");
    assert_eq!(bed.with("orders"), ["tenant_1", "tenant_2", "tenant_3"]);
    assert_eq!(bed.with("__schema_ledger"), ["tenant_1", "tenant_2", "tenant_3"]);
    bed.schema("upgrade --schemas Tenant* --schemas tenant_?").ok().says("1 done, 3 nothing to do");
    assert_eq!(bed.with("orders")[0], "Tenant 4");
    bed.schema(&format!("revert {USERS} --schemas tenant_2")).ok();
    bed.schema("list --schemas tenant_*").ok().prints("pending  tenant_2  0a1b2c3d4e5f  1 revision");
    bed.schema("upgrade --schemas nobody_*").exits(2).says("has no schema like `nobody_*`");
    assert_eq!(bed.with("__schema_ledger").len(), 4);
}

#[test]
fn the_name_of_a_schema_in_a_report_opens_it() {
    let Some(bed) = Schemas::new(1) else { return };
    bed.run("CREATE SCHEMA \"tenant_ Ä\"");
    let document = bed.schema("upgrade --schemas tenant_* --format json").ok().json();
    for one in document["databases"].as_array().unwrap() {
        let url = one["database"].as_str().unwrap();
        bed.through(url, "upgrade").ok().says("nothing is pending");
    }
    assert_eq!(document["databases"].as_array().unwrap().len(), 2);
    assert_eq!(bed.with("orders").len(), 2);
}

#[test]
fn one_schema_fails_and_its_connection_goes_on() {
    let Some(bed) = Schemas::new(5) else { return };
    bed.run("CREATE TABLE tenant_2.orders (id integer)");
    bed.schema("upgrade --schemas tenant_* --jobs 1")
        .exits(3)
        .says("Failed tenant_2")
        .says("4 done, 1 failed")
        .prints("relation \"orders\" already exists");
    assert_eq!(bed.rows("SELECT version::text AS line FROM tenant_2.__diesel_schema_migrations").len(), 1);
    bed.run("DROP TABLE tenant_2.orders");
    bed.schema("upgrade --schemas tenant_* --jobs 1").ok().says("1 done, 4 nothing to do");
}

#[test]
fn what_a_script_leaves_in_the_session_is_not_for_the_next_schema() {
    let Some(bed) = Schemas::new(3) else { return };
    // What it finds is kept: a timeout that is short enough to be noticed would now and then end the script itself.
    let up = "CREATE TABLE orders AS SELECT current_setting('statement_timeout') AS found;\n\
        CREATE TEMP TABLE notes (id INTEGER);\nSET search_path TO public;\nSET statement_timeout = '77s';\n\
        SET ROLE pg_monitor;\n";
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), &format!("{up}RESET ROLE;\n"));
    bed.schema("upgrade --schemas tenant_* --jobs 1").ok().says(": 3 done");
    let tenants = ["tenant_1", "tenant_2", "tenant_3"];
    assert_eq!(bed.with("orders"), tenants);
    let found = tenants.map(|tenant| bed.rows(&format!("SELECT found AS line FROM {tenant}.orders")));
    assert!(found.iter().all(|found| *found == found[..1] && found[0] != "77s"), "{found:?}");
    assert_eq!(bed.with("__schema_ledger"), ["tenant_1", "tenant_2", "tenant_3"]);
}

#[test]
fn schemas_do_not_wait_for_each_other() {
    let Some(bed) = Schemas::new(2) else { return };
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), "SELECT pg_sleep(30);\n");
    let mut child = bed.schema("upgrade --schemas tenant_1").spawn();
    let sleeping = "SELECT pid::text AS line FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while bed.rows(sleeping).is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before anybody saw it");
    }
    bed.schema(&format!("upgrade {USERS} --schemas tenant_2 --wait 0")).ok().says(": 1 done");
    bed.schema("upgrade --schemas tenant_* --wait 0 --max-failures 1 --jobs 1").exits(4).says("tenant_1");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn types_of_a_shared_schema_are_found_where_the_url_says_so() {
    let Some(bed) = Schemas::new(2) else { return };
    bed.run("CREATE SCHEMA shared; CREATE DOMAIN shared.money_of_ours AS numeric");
    revision(&bed.sandbox, 1, ORDERS, Some(USERS), "CREATE TABLE orders (price money_of_ours);\n");
    bed.schema("upgrade --schemas tenant_*").exits(3).prints("money_of_ours");
    let url = format!("{}?search_path=shared", bed.served.url());
    bed.through(&url, "upgrade --schemas tenant_*").ok().says(": 2 done");
    assert_eq!(bed.with("orders"), ["tenant_1", "tenant_2"]);
    // A ledger in what all share would be taken for that of a schema that has none.
    bed.run("CREATE TABLE shared.__schema_ledger (id integer); CREATE SCHEMA tenant_3");
    bed.through(&url, "upgrade --schemas tenant_*")
        .exits(1)
        .says("schema `shared` of the search path `shared` has a ledger of its own")
        .says("nothing was changed");
    assert_eq!(bed.with("orders"), ["tenant_1", "tenant_2"]);
}

#[test]
fn what_is_odd_is_said_of_each() {
    let Some(bed) = Schemas::new(3) else { return };
    bed.schema("upgrade --schemas tenant_*").ok();
    bed.run("INSERT INTO tenant_1.__diesel_schema_migrations VALUES ('20991231')");
    bed.run("UPDATE tenant_2.__schema_ledger SET checksum = left(checksum, -1) || 'x' WHERE revision = '0a1b2c3d4e5f'");
    bed.schema("list --schemas tenant_*")
        .ok()
        .prints("attention  tenant_1  1f0e9d8c7b6a  1 not in the migrations folder")
        .prints("attention  tenant_2  1f0e9d8c7b6a  1 edited since")
        .prints("current    tenant_3");
    bed.schema("upgrade --schemas tenant_*")
        .exits(1)
        .says("Warning tenant_1: the database has a revision that this history lacks")
        .says("Failed tenant_2: 1 revision was changed after being applied")
        .says("2 nothing to do, 1 failed");
    let list = bed.schema("list --schemas tenant_* --format json").ok().json();
    assert_eq!(list["databases"][0]["unknown"][0]["version"], "20991231", "{list}");
    assert_eq!(list["databases"][1]["edited"][0], USERS, "{list}");
}

#[test]
fn what_is_meant_for_a_schema_that_may_not_be_used_lands_nowhere_else() {
    let Some(bed) = Schemas::new(2) else { return };
    let role = bed.rows("SELECT current_database()::text || '_tenant' AS line").remove(0);
    bed.run(&format!(
        "CREATE SCHEMA shared; CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA tenant_1, shared TO {role}"
    ));
    let url = bed.served.url().replace("postgres@", &format!("{role}@"));
    for path in ["", "?search_path=shared"] {
        bed.through(&format!("{url}{path}"), "upgrade --schemas tenant_*")
            .exits(3)
            .prints("failed")
            .prints("tenant_2");
        assert_eq!((bed.with("orders"), bed.with("__schema_ledger").len()), (vec!["tenant_1".to_owned()], 1));
    }
    bed.run(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
}

/// A statement that waits for somebody else's table: who that is is said of the schema that waits.
#[test]
fn who_keeps_a_schema_waiting_is_said() {
    let Some(bed) = Schemas::new(2) else { return };
    bed.run("CREATE TABLE tenant_2.t (id integer)");
    let up = "ALTER TABLE IF EXISTS t ADD COLUMN x integer;\n";
    revision(&bed.sandbox, 0, USERS, None, &format!("CREATE TABLE users (id INTEGER);\n{up}"));
    let mut blocker = bed.served.session();
    blocker.run("BEGIN").unwrap();
    blocker.run("INSERT INTO tenant_2.t\n VALUES (1)").unwrap();
    let mut child = bed.schema("upgrade --schemas tenant_*").spawn();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| line.contains("Blocked")).expect("it says who is in its way");
    assert!(told.contains("tenant_2: blocked by ") && told.contains("tenant_2.t VALUES"), "{told}");
    blocker.run("ROLLBACK").unwrap();
    assert!(lines.any(|line| line.contains("2 done")));
    assert!(child.wait().unwrap().success());
}
