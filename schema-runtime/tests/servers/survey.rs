//! Many schemas of one PostgreSQL database, looked at together.

use schema_runtime::engine::{Migrator, Survey};
use schema_runtime::history::History;

use crate::support::*;

fn two() -> History {
    line(&[
        ("CREATE TABLE a (x int);\n", "DROP TABLE a;\n"),
        ("CREATE TABLE b (x int);\n", "DROP TABLE b;\n"),
    ])
}

#[test]
fn each_schema_is_where_its_own_ledger_says() {
    let Some(database) = Database::postgres() else { return };
    let (history, mut connection) = (two(), database.pg());
    let migrator = Migrator::new(&history);
    let schemas = ["whole", "half", "alike", "none", "It's \"odd\"", "diesel"];
    for schema in schemas {
        let quoted = schema.replace('"', "\"\"");
        run(&mut connection, &format!("CREATE SCHEMA \"{quoted}\"; SET search_path TO \"{quoted}\""));
        match schema {
            "none" => {}
            "half" => drop(migrator.upgrade(&mut connection, "0000").unwrap()),
            "diesel" => run(
                &mut connection,
                "CREATE TABLE __diesel_schema_migrations (version text PRIMARY KEY, run_on timestamp); \
                 INSERT INTO __diesel_schema_migrations VALUES ('20260000', now())",
            ),
            _ => drop(migrator.upgrade(&mut connection, "heads").unwrap()),
        }
    }
    run(&mut connection, "SET search_path TO whole");
    let mut survey = Survey::new(&history);
    let states = survey.look(&mut connection, &schemas).unwrap();
    let applied: Vec<usize> = states.iter().map(|state| state.applied.nodes().count()).collect();
    assert_eq!(applied, [2, 1, 2, 0, 2, 1]);
    assert!(std::sync::Arc::ptr_eq(&states[0], &states[2]), "two that are alike were read twice");
    // What has changed since is seen, and a schema that is not there is like an empty one.
    run(&mut connection, "DELETE FROM alike.__diesel_schema_migrations WHERE version = '20260001'");
    let states = survey.look(&mut connection, &["alike", "nowhere"]).unwrap();
    assert_eq!(states.iter().map(|state| state.applied.nodes().count()).collect::<Vec<_>>(), [1, 0]);
    assert!(survey.look(&mut connection, &[]).unwrap().is_empty());
}
