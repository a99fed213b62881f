//! The history that a binary carries: made by `schema_build::embed()` in a build script, taken into the application
//! by [`embedded!`](crate::embedded!), decoded when it is first used.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::blob::{self, BlobError};
use crate::dialect::Dialect;
use crate::history::History;

/// An embedded history; dereferences to a [`History`].
///
/// ```no_run
/// # mod migrations { pub static HISTORY: schema_runtime::Embedded = schema_runtime::Embedded::new(&[]); }
/// for revision in migrations::HISTORY.revisions() {
///     println!("{}", revision.title());
/// }
/// ```
pub struct Embedded {
    bytes: &'static [u8],
    decoded: OnceLock<(Dialect, History)>,
}

impl Embedded {
    /// The history in these bytes, which a build script made.
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, decoded: OnceLock::new() }
    }

    /// The history, or why the bytes are none.
    pub fn history(&self) -> Result<&History, BlobError> {
        self.decoded().map(|(_, history)| history)
    }

    /// The SQL that the history is written in.
    pub fn dialect(&self) -> Dialect {
        self.decoded().map(|(dialect, _)| *dialect).expect(EMBEDDED)
    }

    fn decoded(&self) -> Result<&(Dialect, History), BlobError> {
        if let Some(decoded) = self.decoded.get() {
            return Ok(decoded);
        }
        let (dialect, revisions) = blob::decode(self.bytes)?;
        let history = History::new(revisions).map_err(|_| BlobError::Damaged)?;
        Ok(self.decoded.get_or_init(|| (dialect, history)))
    }
}

/// The invariant behind every `expect` here.
const EMBEDDED: &str = "a build script validated what it embedded, and the compiler checked its format";

impl Deref for Embedded {
    type Target = History;

    fn deref(&self) -> &History {
        self.history().expect(EMBEDDED)
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// The history that the package's build script embedded with `schema_build::embed()`.
///
/// Gives a `static HISTORY:` [`Embedded`](crate::Embedded), a `const HEADS: &[&str]` with the ids of all heads and,
/// unless there are several, a `const HEAD: &str` (`base` when there is no revision yet). With the feature
/// `diesel_migrations` also a `const MIGRATIONS: EmbeddedMigrations`, as Diesel's own macro makes it; Diesel runs that
/// its own way, table rebuilds with foreign keys on included, where `&*HISTORY` as a `MigrationSource` does not.
///
/// ```text
/// mod migrations { schema_runtime::embedded!(); }
/// ```
///
/// A second database of the package, embedded with `schema_build::embed_target("audit")`:
///
/// ```text
/// mod audit { schema_runtime::embedded!("audit"); }
/// ```
#[macro_export]
macro_rules! embedded {
    () => {
        $crate::__embedded!("schema");
    };
    ($target:literal) => {
        $crate::__embedded!(concat!("schema_", $target));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __embedded {
    ($name:expr) => {
        /// Every revision that was there when this was compiled.
        pub static HISTORY: $crate::Embedded = {
            const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/", $name, "_history.bin"));
            const _: () = assert!(
                $crate::blob::is_readable(BYTES),
                "schema-build and schema-runtime have two versions; give both the same"
            );
            $crate::Embedded::new(BYTES)
        };

        include!(concat!(env!("OUT_DIR"), "/", $name, "_history.rs"));
        $crate::__migrations!($name);
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(feature = "diesel_migrations")]
macro_rules! __migrations {
    ($name:expr) => {
        #[allow(unused_imports, reason = "the history may be empty")]
        use $crate::__private::diesel_migrations as __diesel_migrations;

        include!(concat!(env!("OUT_DIR"), "/", $name, "_migrations.rs"));
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "diesel_migrations"))]
macro_rules! __migrations {
    ($name:expr) => {};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::Revision;

    fn revision(id: &'static str, parents: &[&'static str]) -> Revision {
        Revision {
            id: id.into(),
            version: id.into(),
            folder: id.into(),
            message: "".into(),
            created: None,
            parents: parents.iter().map(|parent| (*parent).into()).collect(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            irreversible: None,
            up: crate::revision::Script::default(),
            down: None,
        }
    }

    #[test]
    fn an_embedded_history_is_a_history() {
        let bytes = blob::encode(&[revision("a", &[]), revision("b", &["a"])], Dialect::Postgres).leak();
        let embedded = Embedded::new(bytes);
        assert_eq!((embedded.len(), embedded.dialect()), (2, Dialect::Postgres));
        assert_eq!(embedded.heads(), [1]);
    }

    #[test]
    fn bytes_that_are_no_history_are_an_error_for_those_who_ask() {
        assert_eq!(Embedded::new(b"x").history().err(), Some(BlobError::Format));
        let broken = blob::encode(&[revision("b", &["a"])], Dialect::Sqlite).leak();
        assert_eq!(Embedded::new(broken).history().err(), Some(BlobError::Damaged));
    }
}
