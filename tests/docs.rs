//! Every command of README.md runs. A `console` block is one session in a project of its own: a new Cargo project
//! when it begins with `cargo schema init`, else a committed copy of the quickstart. What stands after `$ ` is run
//! and must succeed. The commands of the table run each in a copy; those of the `sh` blocks are `.ci/run`'s.

use std::fs;
use std::path::PathBuf;

use crate::harness::{Output, Run, Sandbox, cargo, checkout};

fn readme() -> String {
    fs::read_to_string(checkout().join("README.md")).unwrap()
}

/// The contents of the fenced blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let fenced = text.split("\n```").skip(1).step_by(2);
    fenced.filter_map(|block| block.strip_prefix(&format!("{language}\n")).map(str::to_owned)).collect()
}

/// The first column of commands: what stands in back-ticks in the second cell of each row.
fn table() -> Vec<String> {
    let text = readme();
    let (_, table) = text.split_once("| you want to |").expect("the table of commands");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cell = |row: &str| row.split('|').nth(2).unwrap().to_owned();
    rows.flat_map(|row| cell(row).split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// A shell that finds the command as `cargo schema` and as `cargo-schema`.
fn shell(sandbox: &Sandbox, line: &str) -> Output {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_cargo-schema"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    Run::new("bash".as_ref(), &sandbox.root()).arg("-ec").arg(line).env("PATH", path.unwrap()).output()
}

#[track_caller]
fn new_project() -> Sandbox {
    let sandbox = Sandbox::empty();
    cargo(&sandbox.root()).words("init --quiet --vcs none --name shop").ok();
    sandbox
}

#[track_caller]
fn committed() -> Sandbox {
    let sandbox = Sandbox::of("quickstart");
    let git = "git init -q && git add . && git -c user.name=me -c user.email=me@example.org commit -qm start";
    assert_eq!(shell(&sandbox, git).code, 0);
    sandbox
}

#[test]
fn every_session_runs() {
    let sessions = blocks("console");
    assert!(sessions.len() >= 3, "{sessions:?}");
    for session in sessions {
        let commands: Vec<&str> = session.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        assert!(!commands.is_empty(), "{session}");
        let sandbox = if commands[0].starts_with("cargo schema init") { new_project() } else { committed() };
        for command in commands {
            let output = shell(&sandbox, command);
            assert!(output.code == 0, "{command}\n{}", output.story());
        }
    }
}

#[test]
fn every_command_of_the_table_runs() {
    let commands = table();
    assert!(commands.len() > 30, "{commands:?}");
    for command in commands {
        let sandbox = prepared(&command);
        let words = command.trim_start_matches("cargo schema").trim();
        let output = sandbox.schema(words).env("DATABASE_URL", "app.db").env("EDITOR", "true").output();
        let may_refuse = command.starts_with("resolve");
        assert!(output.code == 0 || may_refuse && output.code == 1, "{command}\n{}", output.story());
    }
}

#[test]
fn the_table_has_every_verb() {
    let help = Run::schema(checkout(), "--help").ok().stdout;
    let (_, verbs) = help.split_once("Commands:\n").expect("the verbs in --help");
    let verbs =
        verbs.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    let commands = table();
    for verb in verbs.filter(|verb| *verb != "help") {
        assert!(
            commands.iter().any(|command| command.split(' ').next() == Some(verb)),
            "README.md lacks `{verb}`"
        );
    }
}

/// A project in which the command makes sense.
#[track_caller]
fn prepared(command: &str) -> Sandbox {
    match command.split(' ').next().unwrap() {
        "init" if command.contains("--adopt") => Sandbox::of("adopted"),
        "init" if command.contains("--from-database") => {
            let sandbox = new_project();
            sandbox.database("app.db").run("CREATE TABLE users (id INTEGER PRIMARY KEY)");
            sandbox
        }
        "init" => new_project(),
        "merge" | "rebase" => {
            let sandbox = committed();
            let folder = "2026-11-20-1802-7d034f1c2a9b_add_tax";
            let metadata = "run_in_transaction = true\nrevision = \"7d034f1c2a9b\"\nparents = [\"1f0e9d8c7b6a\"]\nmessage = \"add tax\"\n";
            sandbox.migration(folder, metadata, "CREATE TABLE tax (id INTEGER);", Some("DROP TABLE tax;"));
            sandbox
        }
        "restore" => {
            let sandbox = committed();
            sandbox.schema("upgrade --database-url copy.db").ok();
            sandbox
        }
        verb => {
            let sandbox = committed();
            sandbox.write("tenants.txt", "app.db\nother.db\n");
            let steps = if verb == "upgrade" { "+1" } else { "heads" };
            sandbox.schema("upgrade --database-url app.db").arg(steps).ok();
            sandbox
        }
    }
}

#[test]
fn the_commands_for_the_checkout_are_run_by_ci() {
    let ci = fs::read_to_string(checkout().join(".ci/run")).unwrap();
    for command in blocks("sh").iter().flat_map(|block| block.lines()) {
        assert!(ci.contains(command), ".ci/run does not run `{command}`");
    }
}
