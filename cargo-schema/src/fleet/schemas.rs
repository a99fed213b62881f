//! Schemas of one PostgreSQL database, found by name, and how a connection goes from one to the next. A schema is
//! entered by `search_path`: the ledger, the run lock and everything that a script names without a schema is in it.

use std::sync::Arc;

use schema_build::config::Config;
use schema_runtime::dialect::Dialect;

use super::{Schema, Tenant};
use crate::database::connect::{self, Access, Database, Patience};
use crate::database::connection::Connection;
use crate::database::percent;
use crate::database::url::DatabaseUrl;
use crate::exit::Exit;
use crate::failure::Failure;

/// What the last tenant's scripts may have left in the session, as far as `DISCARD ALL` would take it away; that also
/// forgets statements which the driver remembers, and is not allowed together with others in one message.
const FRESH: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; \
    DISCARD SEQUENCES; SELECT pg_catalog.pg_advisory_unlock_all(); SET TIME ZONE 'UTC'";

/// The schemas that one of the patterns fits, by name.
pub(crate) fn find(
    url: &DatabaseUrl,
    patterns: &[String],
    config: &Config,
    patience: Patience<'_>,
) -> Result<Vec<Tenant>, Failure> {
    if url.dialect != Dialect::Postgres {
        return Err(Failure::usage(format!(
            "`--schemas` is for PostgreSQL, and `{}` is a {} database",
            url.shown, url.dialect
        ))
        .help("name the databases in a file: `--each FILE`"));
    }
    let open = || connect::open(url.clone(), Access::Read, config, patience);
    let mut database = open()?;
    refuse_pooler(&mut database, &mut open()?)?;
    let names = names(&mut database, patterns)?;
    if names.is_empty() {
        let patterns: Vec<String> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
        return Err(Failure::usage(format!("`{}` has no schema like {}", url.shown, patterns.join(" or ")))
            .help("`*` stands for any text, `?` for one character"));
    }
    let beside: Arc<str> = beside(&mut database)?.into();
    let tenant = |name: String| Tenant {
        url: DatabaseUrl { shown: shown(&url.shown, &name), ..url.clone() },
        schema: Some(Schema { name: name.clone(), beside: Arc::clone(&beside) }),
        name,
    };
    Ok(names.into_iter().map(tenant).collect())
}

/// Through a pooler in transaction mode each transaction may find another session, and with it the schema of another
/// tenant. No server says that one is in between; but when two have given their sessions back, a pooler hands out the
/// one that came last, or first, and never asks whose it was. Both are tried.
fn refuse_pooler(one: &mut Database, other: &mut Database) -> Result<(), Failure> {
    let before = session(one)?;
    execute(other, "BEGIN")?;
    execute(one, "COMMIT")?;
    execute(other, "COMMIT")?;
    let after_last = session(one)?;
    execute(other, "BEGIN")?;
    execute(other, "COMMIT")?;
    execute(one, "COMMIT")?;
    let after_first = session(one)?;
    execute(one, "COMMIT")?;
    if before == after_last && before == after_first {
        return Ok(());
    }
    let message = format!("`{}` is a pooler that hands its sessions around", one.url.shown);
    Err(Failure::new(Exit::No, "pooler", message)
        .note("a schema is entered by the session's `search_path`, which would be that of another one")
        .note("nothing was changed")
        .help("connect to the server itself, or to a pool in session mode"))
}

/// The number of the session, in which a transaction is open now.
fn session(database: &mut Database) -> Result<Vec<String>, Failure> {
    execute(database, "BEGIN")?;
    query(database, "SELECT pg_catalog.pg_backend_pid()::text AS text")
}

fn execute(database: &mut Database, sql: &str) -> Result<(), Failure> {
    let done = database.connection.execute(sql);
    done.map_err(|error| connect::said(&database.url, "look for schemas", &error.to_string()))
}

fn names(database: &mut Database, patterns: &[String]) -> Result<Vec<String>, Failure> {
    let likes: Vec<String> =
        patterns.iter().map(|pattern| format!("nspname LIKE {}", literal(&like(pattern)))).collect();
    query(
        database,
        &format!(
            "SELECT nspname::text AS text FROM pg_catalog.pg_namespace WHERE ({}) AND nspname <> 'information_schema' \
             AND nspname NOT LIKE 'pg\\_%' ORDER BY nspname COLLATE \"C\"",
            likes.join(" OR ")
        ),
    )
}

/// The search path that somebody chose for this connection, by its URL or by `on-connect`: what scripts find there
/// they find still, after their own schema. A ledger that is found there would be taken for a tenant's that has none.
fn beside(database: &mut Database) -> Result<String, Failure> {
    let path = "SELECT setting AS text FROM pg_catalog.pg_settings WHERE name = 'search_path' AND source IN ('client', 'session')";
    let Some(path) = query(database, path)?.pop() else { return Ok(String::new()) };
    let ledgers = "SELECT n.nspname::text AS text FROM pg_catalog.pg_class c \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) \
        AND c.relname IN ('__diesel_schema_migrations', '__schema_ledger') LIMIT 1";
    match query(database, ledgers)?.pop() {
        None => Ok(path),
        Some(schema) => Err(Failure::new(
            Exit::No,
            "shared-ledger",
            format!("schema `{schema}` of the search path `{path}` has a ledger of its own"),
        )
        .note("a schema that has none yet would be taken for one that is where this one is")
        .note("nothing was changed")
        .help("leave it out of `search_path`, and name its tables with their schema in the scripts")),
    }
}

fn query(database: &mut Database, query: &str) -> Result<Vec<String>, Failure> {
    let found = database.connection.texts(query);
    found.map_err(|error| connect::said(&database.url, "look for schemas", &error.to_string()))
}

/// Goes to a schema: one message, whatever the last one left behind.
pub(super) fn enter(connection: &mut Connection, schema: &Schema, config: &Config) -> Result<(), String> {
    let mut message = vec![FRESH.to_owned()];
    message.extend(
        config.on_connect.iter().map(|statement| statement.trim_end().trim_end_matches(';').to_owned()),
    );
    let beside = if schema.beside.is_empty() { String::new() } else { format!(", {}", schema.beside) };
    message.push(format!("SET search_path TO {}{beside}", quoted(&schema.name)));
    connection.execute(&message.join("; ")).map_err(|error| error.to_string())?;
    if schema.beside.is_empty() {
        // Where there is no such schema any more, nothing can be made.
        return Ok(());
    }
    let here = connection.texts("SELECT coalesce(current_schema(), '')::text AS text");
    match here.map_err(|error| error.to_string())?.first() {
        Some(here) if *here == schema.name => Ok(()),
        _ => Err(format!("the schema {} is not there any more, or may not be used", quoted(&schema.name))),
    }
}

/// A URL that leads to the schema alone.
fn shown(url: &str, schema: &str) -> String {
    let is_plain = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let schema = if is_plain { schema.to_owned() } else { percent::encoded(&quoted(schema)) };
    // What the URL names already stays after it.
    if let Some(key) = ["search_path=", "schema="].into_iter().find(|key| url.contains(key)) {
        return url.replacen(key, &format!("{key}{schema},"), 1);
    }
    match (url.contains("://"), url.contains('?')) {
        (true, true) => format!("{url}&search_path={schema}"),
        (true, false) => format!("{url}?search_path={schema}"),
        (false, _) => format!("{url} search_path={schema}"),
    }
}

fn quoted(schema: &str) -> String {
    format!("\"{}\"", schema.replace('"', "\"\""))
}

/// `tenant_*` as LIKE has it.
fn like(pattern: &str) -> String {
    let mut like = String::new();
    for character in pattern.chars() {
        match character {
            '*' => like.push('%'),
            '?' => like.push('_'),
            '%' | '_' | '\\' => like.extend(['\\', character]),
            other => like.push(other),
        }
    }
    like
}

fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\0', "").replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::{like, literal, shown};

    #[test]
    fn a_pattern_means_what_a_shell_means_by_it() {
        assert_eq!(["tenant_*", "t?", "100%", "a\\b"].map(like), ["tenant\\_%", "t_", "100\\%", "a\\\\b"]);
        assert_eq!(literal("o'\\_"), "E'o''\\\\_'");
    }

    #[test]
    fn the_name_of_a_schema_is_a_url() {
        assert_eq!(shown("postgres://db/shop", "t1"), "postgres://db/shop?search_path=t1");
        assert_eq!(
            shown("postgres://db/shop?sslmode=require", "t1"),
            "postgres://db/shop?sslmode=require&search_path=t1"
        );
        assert_eq!(
            shown("postgres://db/shop?search_path=x,y", "t1"),
            "postgres://db/shop?search_path=t1,x,y"
        );
        assert_eq!(shown("host=db dbname=shop", "t1"), "host=db dbname=shop search_path=t1");
        assert_eq!(shown("postgres://db/shop", "T 1"), "postgres://db/shop?search_path=%22T%201%22");
    }
}
