//! The engine against real servers, through drivers that link no C library.
#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is wrong")]

/// Each case on both servers.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        cases!(@ postgres, Postgres, $($case),+);
        cases!(@ mysql, Mysql, $($case),+);
    };
    (@ $module:ident, $client:ident, $($case:ident),+) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    if let Some(database) = <crate::support::$client as crate::support::Client>::database() {
                        super::$case::<crate::support::$client>(&database);
                    }
                }
            )+
        }
    };
}

mod both;
mod burst;
mod lease;
mod mysql;
mod postgres;
#[allow(dead_code, reason = "the black-box tests want more of it")]
#[path = "../../../tests/harness/proxy.rs"]
mod proxy;
mod round_trips;
mod support;
mod survey;
