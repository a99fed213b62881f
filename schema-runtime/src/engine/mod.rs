//! The engine: moves a live database along a history. Takes a plan from the pure half and a Diesel connection
//! from the application; gives back what it did, and tells an observer while it does it.
//!
//! The rooms: `session` is where a run speaks Diesel; `backend` is what differs between engines;
//! `ledger` is what a database remembers; `executor` runs a plan and knows no engine; `startup` is for
//! applications; `source` makes the history a Diesel `MigrationSource`.

mod actor;
mod amend;
#[cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "each engine uses its own part of what all share")
)]
mod backend;
mod bookkeeping;
mod clock;
mod error;
mod event;
mod executor;
mod glance;
mod known;
mod ledger;
mod lock;
mod migrator;
mod options;
mod preview;
mod progress;
mod refusal;
#[cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "each engine uses its own part of what all share")
)]
mod session;
mod source;
mod startup;
mod state;
mod vigil;

pub use backend::lease::Holder;
#[cfg(feature = "postgres")]
pub use backend::postgres::Survey;
pub use bookkeeping::Bookkeeping;
pub use error::{Error, Obstacle, StatementFailure};
pub use event::Event;
pub use migrator::{Connection, Migrator, Report, Resolution};
pub use options::{Lock, Options, Transactions};
pub use preview::{Detail, Preview};
pub use state::{AppliedRevision, Interrupted, State};
