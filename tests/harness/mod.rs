//! What the black-box tests share: a private copy of a fixture, the commands run in it, the databases it makes.
//! Nothing here knows what the command should answer; that is for the tests.

pub mod beds;
mod build;
mod database;
mod private;
mod proxy;
mod run;
mod sandbox;
mod server;

pub use build::cargo;
pub use database::Database;
pub use private::{Private, folder};
pub(crate) use proxy::Proxy;
pub use run::{Output, Run, signal};
pub use sandbox::{Sandbox, checkout};
pub use server::{Engine, Served, Session, demanded, program};

/// Whether expectations are to be rewritten instead of compared: `BLESS=1 cargo test`, then read the diff.
pub fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}
