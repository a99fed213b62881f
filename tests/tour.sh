#!/bin/sh
# The tour: on a machine with nothing but Rust, a project is made, a migration written, applied, embedded, run,
# reverted and checked. Every command is shown with its output; the first surprise ends it.
set -eu

checkout=$(cd "$(dirname "$0")/.." && pwd)
tour=$(mktemp -d)
trap 'rm -rf "$tour"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command in this shell, so that `cd` lasts, and shows it.
run() {
    printf '\n$ %s\n' "$1"
    eval "$1"
}

# Runs a command that must end with this exit code and say this.
expect() {
    printf '\n$ %s\n' "$3"
    code=0
    eval "$3" >"$tour/said" 2>&1 || code=$?
    cat "$tour/said"
    if [ "$code" -ne "$1" ] || ! grep -qF -- "$2" "$tour/said"; then
        printf '\nunexpected: exit code %s; expected %s and "%s"\n' "$code" "$1" "$2" >&2
        exit 1
    fi
}

# The command, from this checkout.
cd "$checkout"
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$checkout/$target ;; esac
run 'cargo build --package cargo-schema'
PATH=$target/debug:$PATH
unset DATABASE_URL RUN_MIGRATIONS

# What the tests built already is not built again.
export CARGO_TARGET_DIR="$target/fixtures" CARGO_PROFILE_DEV_DEBUG=0

cd "$tour"
run 'cargo new --vcs none bookshop'
run 'cd bookshop'
cp "$checkout/fixtures/Cargo.lock" .
run "cargo schema init --path '$checkout'"
expect 0 'add_books' 'cargo schema generate --empty "add books"'
run "echo 'CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE);' | tee migrations/*_add_books/up.sql"
run "echo 'DROP TABLE books;' | tee migrations/*_add_books/down.sql"
run 'cargo schema lock'
expect 0 'Applied' 'cargo schema upgrade --database-url books.db'
expect 0 'nothing is pending' 'cargo schema upgrade --database-url books.db'
expect 0 'add books' 'cargo schema list --database-url books.db'

run 'cargo add --quiet diesel@2.3 --no-default-features --features sqlite'
run 'cargo add --quiet libsqlite3-sys@0.38 --features bundled'
cat >src/main.rs <<'RUST'
use diesel::prelude::*;

mod migrations {
    schema_runtime::embedded!();
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = SqliteConnection::establish("books.db")?;
    let report = migrations::HISTORY.upgrade(&mut connection)?;
    println!("{} revisions applied at start; books.db is at {}", report.done.nodes.len(), migrations::HEAD);
    Ok(())
}
RUST
run 'cat src/main.rs'
expect 0 '0 revisions applied at start' 'cargo run --quiet'

expect 0 'add_authors' 'cargo schema generate --empty "add authors"'
run "echo 'CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);' | tee migrations/*_add_authors/up.sql"
run "echo 'DROP TABLE authors;' | tee migrations/*_add_authors/down.sql"
run 'cargo schema lock'
expect 1 '1 revision pending' 'cargo schema current --check-heads --database-url books.db'
expect 0 '1 revisions applied at start' 'cargo run --quiet'
expect 0 'add authors' 'cargo schema revert --database-url books.db'
expect 0 'add books' 'cargo schema current --database-url books.db'
expect 0 'Checked 2 revisions' 'cargo schema check'

# A broken history does not compile.
run 'cp migrations/*_add_authors/up.sql kept.sql'
run 'cp /dev/null migrations/*_add_authors/up.sql'
expect 101 '`up.sql` is empty' 'cargo build'
run 'cp kept.sql migrations/*_add_authors/up.sql'
expect 0 '1 revisions applied at start' 'cargo run --quiet'

printf '\nThe tour is over: all went as expected.\n'
