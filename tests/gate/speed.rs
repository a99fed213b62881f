//! What a check costs, counted: processor time of the process alone, and how it grows with the history. Other programs
//! on the machine change neither much.

use std::fmt::Write as _;
use std::path::Path;

use crate::harness::{Run, Sandbox};

/// A history of so many revisions, a fifth of which make a table and the others change one.
fn history(revisions: usize) -> Sandbox {
    let sandbox = Sandbox::empty();
    for number in 0..revisions {
        let (table, step) = (number / 5, number % 5);
        let mut up = String::new();
        match step {
            0 => {
                let _ = writeln!(
                    up,
                    "CREATE TABLE t{table} (id integer PRIMARY KEY, name text NOT NULL, at timestamp, amount integer);\n\
                     CREATE INDEX t{table}_name ON t{table} (name);"
                );
            }
            step => {
                let _ = writeln!(up, "ALTER TABLE t{table} ADD COLUMN c{step} text;");
            }
        }
        let down = if step == 0 {
            format!("DROP TABLE t{table};\n")
        } else {
            format!("ALTER TABLE t{table} DROP COLUMN c{step};\n")
        };
        let folder = format!("migrations/{:08}_step", 10_000_000 + number);
        sandbox.write(&format!("{folder}/up.sql"), up);
        sandbox.write(&format!("{folder}/down.sql"), down);
        sandbox.write(&format!("{folder}/metadata.toml"), "run_in_transaction = true\n");
    }
    sandbox
}

/// The least that it took of three times, in seconds of processor time.
fn cost(sandbox: &Sandbox, words: &str) -> f64 {
    let program = Path::new(env!("CARGO_BIN_EXE_cargo-schema")).display().to_string();
    let line = format!(
        "TIMEFORMAT='%U %S'; time {program} schema check {words} -A lock-out-of-date >/dev/null 2>&1"
    );
    let once = || -> f64 {
        let output = Run::new("bash".as_ref(), &sandbox.root()).arg("-c").arg(&line).output();
        let times = output.stderr.trim().lines().last().unwrap().to_owned();
        times.split(' ').map(|part| part.replace(',', ".").parse::<f64>().unwrap()).sum()
    };
    (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
}

#[test]
fn a_check_costs_what_its_history_is_long() {
    for words in [
        "--migrations migrations --database-url postgres://localhost/none",
        "--migrations migrations --database-url app.db --no-proof",
    ] {
        let (short, long) = (cost(&history(100), words), cost(&history(800), words));
        // Eight times as much is linear, sixty-four times quadratic.
        assert!(long < short * 20.0 + 0.05, "{words}: {short:.3} s for 100 revisions, {long:.3} s for 800");
    }
}

/// A script of so many statements, each of which numbers a row that a sequence would number.
fn script(statements: usize) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "migrations/0001_tables/up.sql",
        "CREATE TABLE a (id bigserial PRIMARY KEY, n int);\nCREATE TABLE b (id bigserial PRIMARY KEY, n int);\n",
    );
    let mut up = String::new();
    for number in 1..=statements {
        let table = if number % 2 == 0 { "a" } else { "b" };
        let _ = writeln!(up, "INSERT INTO {table} (id, n) VALUES ({number}, {number});");
    }
    sandbox.write("migrations/0002_rows/up.sql", up);
    sandbox
}

#[test]
fn a_check_costs_what_a_script_is_long() {
    for url in ["postgres://localhost/none", "mysql://localhost/none", "app.db"] {
        let words = format!("--only safety --migrations migrations --database-url {url}");
        let (short, long) = (cost(&script(2_000), &words), cost(&script(8_000), &words));
        // Four times as much is linear, sixteen times quadratic; on PostgreSQL every statement has a finding.
        let story = format!("{url}: {short:.3} s for 2,000 statements, {long:.3} s for 8,000");
        assert!(long < short * 8.0 + 0.05, "{story}");
    }
}
