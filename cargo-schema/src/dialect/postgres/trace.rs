//! What statements do to tables while they run: the locks that they take and the tables that they write anew, as
//! PostgreSQL itself shows them. They run on a scratch database that holds what the real one ran, so nobody waits for
//! them; what it costs to have a table locked is told by the size that it really has.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schema_runtime::history::{History, Node};
use schema_runtime::revision::{Mode, Script};

use super::Postgres;
use super::scratch::Scratch;
use crate::database::connection::Connection;
use crate::database::replay::replay;
use crate::database::scratch::{Error, Site, unusable};
use crate::failure::Failure;

/// What one statement does.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) node: Node,
    /// Bytes of its text in `up.sql`.
    pub(crate) bytes: Range<usize>,
    pub(crate) tables: Vec<Touched>,
}

/// A table that was there before the revision, and what a statement does to it.
#[derive(Debug)]
pub(crate) struct Touched {
    pub(crate) table: String,
    /// PostgreSQL's names of the locks, such as `ShareLock`.
    pub(crate) locks: Vec<String>,
    pub(crate) is_rewritten: bool,
    /// What the real one has; `None` where it is not there.
    pub(crate) size: Option<Size>,
}

/// How large a table is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// With its indexes and what is stored beside it.
    pub(crate) bytes: i64,
    /// As the server last counted them; -1: it never did.
    pub(crate) rows: i64,
}

/// What happened, and what did not.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) statements: Vec<Traced>,
    /// Revisions that run outside a transaction: their locks are gone before anybody could look.
    pub(crate) unseen: Vec<Node>,
}

/// By number alone: of what was just dropped there is no name any more.
const LOCKS: &str = "\
    SELECT l.relation::text || chr(9) || l.mode AS text FROM pg_catalog.pg_locks l \
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted";

const FILES: &str = "\
    SELECT c.oid::text || chr(9) || c.oid::pg_catalog.regclass::text || chr(9) \
        || coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::text AS text \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

const SIZES: &str = "\
    SELECT c.oid::pg_catalog.regclass::text || chr(9) || pg_catalog.pg_total_relation_size(c.oid)::text || chr(9) \
        || c.reltuples::bigint::text AS text \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/// Runs some revisions, in this order, after those up to `heads`.
pub(crate) fn trace(
    site: Site<'_>,
    history: &History,
    heads: &[Node],
    nodes: &[Node],
    live: &mut Connection,
) -> Result<Trace, Failure> {
    if nodes.is_empty() {
        return Ok(Trace::default());
    }
    let sizes = sizes(live).map_err(unusable)?;
    let mut scratch = replay(&Postgres, site, history, heads)?;
    let mut trace = Trace::default();
    for &node in nodes {
        let up = &history.revision(node).up;
        if up.mode == Mode::Outside {
            run_outside(&mut scratch, up).map_err(unusable)?;
            trace.unseen.push(node);
        } else {
            let found = revision(&mut scratch, up).map_err(unusable)?;
            trace.statements.extend(found.into_iter().map(|(bytes, tables)| {
                Traced {
                    node,
                    bytes,
                    tables: tables
                        .into_iter()
                        .map(|table| Touched { size: sizes.get(&table.table).copied(), ..table })
                        .collect(),
                }
            }));
        }
        scratch.settle().map_err(unusable)?;
    }
    Ok(trace)
}

fn run_outside(scratch: &mut Scratch, up: &Script) -> Result<(), Error> {
    up.statements.iter().try_for_each(|statement| scratch.run(up.sql(statement)))
}

/// Bytes of a statement, and what it does.
type Seen = (Range<usize>, Vec<Touched>);

/// What each statement of a revision does to what was there before it.
fn revision(scratch: &mut Scratch, up: &Script) -> Result<Vec<Seen>, Error> {
    scratch.run("BEGIN")?;
    let mut files = files(scratch)?;
    let mut held: BTreeSet<[String; 2]> = BTreeSet::new();
    let old: BTreeMap<String, String> =
        files.iter().map(|(oid, (name, _))| (oid.clone(), name.clone())).collect();
    let mut found = Vec::new();
    for statement in &up.statements {
        scratch.run(up.sql(statement))?;
        let (locks, after) = (locks(scratch)?, self::files(scratch)?);
        let tables = touched(&old, locks.difference(&held), (&files, &after));
        if !tables.is_empty() {
            found.push((statement.start as usize..statement.end as usize, tables));
        }
        (held, files) = (locks, after);
    }
    scratch.run("COMMIT")?;
    Ok(found)
}

/// Names and files of relations, by their number.
type Files = BTreeMap<String, (String, String)>;

fn touched<'l>(
    old: &BTreeMap<String, String>,
    locks: impl Iterator<Item = &'l [String; 2]>,
    (before, after): (&Files, &Files),
) -> Vec<Touched> {
    let mut tables: BTreeMap<&str, Touched> = BTreeMap::new();
    // By the names that they had: one that was just renamed has its size under the old one.
    let entry =
        |name: &str| Touched { table: name.to_owned(), locks: Vec::new(), is_rewritten: false, size: None };
    for [oid, mode] in locks {
        if let Some(name) = old.get(oid) {
            tables.entry(name).or_insert_with(|| entry(name)).locks.push(mode.clone());
        }
    }
    for (oid, name) in old {
        let is_other =
            matches!((before.get(oid), after.get(oid)), (Some(before), Some(after)) if before.1 != after.1);
        if is_other {
            tables.entry(name).or_insert_with(|| entry(name)).is_rewritten = true;
        }
    }
    tables.into_values().collect()
}

fn locks(scratch: &mut Scratch) -> Result<BTreeSet<[String; 2]>, Error> {
    Ok(scratch.texts(LOCKS)?.iter().filter_map(|line| fields(line)).collect())
}

fn files(scratch: &mut Scratch) -> Result<Files, Error> {
    let lines = scratch.texts(FILES)?;
    Ok(lines.iter().filter_map(|line| fields(line)).map(|[oid, name, file]| (oid, (name, file))).collect())
}

fn sizes(live: &mut Connection) -> Result<BTreeMap<String, Size>, Error> {
    let lines = live.texts(SIZES).map_err(|error| Error::new("read the sizes of tables", error))?;
    let size = |[name, bytes, rows]: [String; 3]| {
        Some((name, Size { bytes: bytes.parse().ok()?, rows: rows.parse().ok()? }))
    };
    Ok(lines.iter().filter_map(|line| fields(line)).filter_map(size).collect())
}

fn fields<const N: usize>(line: &str) -> Option<[String; N]> {
    line.splitn(N, '\t').map(str::to_owned).collect::<Vec<_>>().try_into().ok()
}
