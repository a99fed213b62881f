//! Runs of many revisions on PostgreSQL, whose bookkeeping is prepared once: whatever a script does to its session, the
//! ledger says what it says of short ones.

use crate::harness::{Engine, Run, Sandbox, Served};

/// More than are worth preparing for.
const REVISIONS: usize = 14;

struct Bed {
    sandbox: Sandbox,
    served: Served,
}

impl Bed {
    /// Each revision makes a table, and writes down that it did.
    fn new() -> Option<Self> {
        let bed = Self { sandbox: Sandbox::empty(), served: Served::new(Engine::Postgres)? };
        bed.revision(1, "CREATE TABLE diary (entry INTEGER);\nINSERT INTO diary VALUES (1);\n");
        (2..=REVISIONS).for_each(|number| bed.revision(number, &plain(number)));
        Some(bed)
    }

    fn revision(&self, number: usize, up: &str) {
        let down = if number == 1 {
            "DROP TABLE public.diary;\n".to_owned()
        } else {
            format!("DELETE FROM public.diary WHERE entry = {number};\nDROP TABLE public.t{number};\n")
        };
        self.sandbox.migration(&format!("{number:04}_step"), "run_in_transaction = true\n", up, Some(&down));
    }

    fn schema(&self, words: &str) -> Run {
        self.sandbox.schema(&format!("{words} --migrations migrations --database-url {}", self.served.url()))
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        self.served.session().rows(sql)
    }

    /// So many revisions ran, each once, and nothing else is said of them.
    #[track_caller]
    fn has_run(&self, count: usize) {
        let numbers = |count: usize| (1..=count).map(|number| format!("{number:04}")).collect::<Vec<_>>();
        let entries = "SELECT to_char(entry, 'FM0000') AS line FROM public.diary ORDER BY entry";
        assert_eq!(self.rows(entries), numbers(count));
        let versions = "SELECT version::text AS line FROM __diesel_schema_migrations ORDER BY 1";
        assert_eq!(self.rows(versions), numbers(count));
        let done = "SELECT version::text AS line FROM __schema_ledger WHERE outcome = 'done' AND action = 'upgrade' \
             AND statements_done = statements_total AND statements_total > 0 AND length(checksum) > 20 \
             AND started_at <= finished_at AND error IS NULL AND actor <> '' AND tool <> '' ORDER BY id";
        assert_eq!(self.rows(done), numbers(count));
    }
}

fn plain(number: usize) -> String {
    format!("CREATE TABLE t{number} (x INTEGER);\nINSERT INTO diary VALUES ({number});\n")
}

#[test]
fn each_is_remembered_as_it_is_on_short_ones() {
    let Some(bed) = Bed::new() else { return };
    bed.schema("upgrade").ok().says("14 revisions in");
    bed.has_run(REVISIONS);
    bed.schema("revert base").ok();
    assert_eq!(
        bed.rows("SELECT version::text AS line FROM __diesel_schema_migrations"),
        Vec::<String>::new()
    );
    let back = "SELECT version::text AS line FROM __schema_ledger WHERE action = 'revert' AND outcome = 'done' \
         ORDER BY id LIMIT 2";
    assert_eq!(bed.rows(back), ["0014", "0013"]);
    bed.schema("upgrade").ok();
    bed.schema("check --database --only database").ok();
}

#[test]
fn a_script_that_changes_its_session_moves_no_ledger() {
    let Some(bed) = Bed::new() else { return };
    bed.revision(
        3,
        "CREATE SCHEMA other;\nCREATE TABLE other.__schema_ledger (LIKE public.__schema_ledger INCLUDING ALL);\n\
         CREATE TABLE t3 (x INTEGER);\nINSERT INTO diary VALUES (3);\nSET search_path = other;\n",
    );
    bed.revision(5, &format!("{}SELECT set_config('search_path', '', false);\n", plain(5)));
    bed.schema("upgrade").ok();
    bed.has_run(REVISIONS);
    assert_eq!(bed.rows("SELECT version::text AS line FROM other.__schema_ledger"), Vec::<String>::new());
}

#[test]
fn a_script_may_forget_all_that_was_prepared() {
    let Some(bed) = Bed::new() else { return };
    bed.revision(4, &format!("{}DEALLOCATE ALL;\n", plain(4)));
    bed.revision(6, &format!("DEALLOCATE ALL;\n{}", plain(6)));
    bed.schema("upgrade").ok().says("14 revisions in");
    bed.has_run(REVISIONS);
    // No lease was taken, as it would be if the session were somebody else's.
    assert_eq!(bed.rows("SELECT coalesce(to_regclass('__schema_lock')::text, 'none') AS line"), ["none"]);
}

#[test]
fn a_statement_that_fails_in_the_middle_is_shown_where_it_stands() {
    let Some(bed) = Bed::new() else { return };
    bed.revision(5, &format!("{}SELECT 1;\n  INSERT INTO diary SELECT 1 / 0;\nSELECT 2;\n", plain(5)));
    bed.schema("upgrade").exits(3).says("0005_step/up.sql:4:3").says("division by zero").says("at 0004");
    bed.has_run(4);
    bed.revision(5, &format!("{}SELECT nope FROM diary;\n", plain(5)));
    bed.schema("upgrade").exits(3).says("0005_step/up.sql:3:8").says("nope");
    bed.revision(5, &format!("{}SELEKT 1;\n", plain(5)));
    bed.schema("upgrade").exits(3).says("0005_step/up.sql:3:1").says("SELEKT");
    bed.revision(5, &format!("SELECT nowhere();\n{}", plain(5)));
    bed.schema("upgrade").exits(3).says("0005_step/up.sql:1:8").says("nowhere");
    bed.has_run(4);
    let deferred = "ALTER TABLE t2 ADD PRIMARY KEY (x), ADD CONSTRAINT itself FOREIGN KEY (x) REFERENCES t2 (x) \
         DEFERRABLE INITIALLY DEFERRED;\nALTER TABLE t3 ADD CONSTRAINT to_t2 FOREIGN KEY (x) REFERENCES t2 (x) \
         DEFERRABLE INITIALLY DEFERRED;\nINSERT INTO t3 VALUES (7);\n";
    bed.revision(5, &format!("{}{deferred}", plain(5)));
    bed.schema("upgrade").exits(3).says("refused at the commit").says("to_t2").lacks("up.sql:");
    bed.revision(5, &plain(5));
    bed.schema("upgrade").ok().says("10 revisions in");
    bed.has_run(REVISIONS);
}
