//! Ctrl-C and SIGTERM during a run. The process replaces itself by one that does no more than look: that ends
//! every thread in the middle of whatever it does, SQLite rolls back what was not committed, the lock goes, and
//! what is then said about the database is so.

use std::sync::{Mutex, PoisonError};

use crate::exit::Exit;

/// Tells the process that comes after a signal which one it was.
#[cfg(unix)]
const VARIABLE: &str = "CARGO_SCHEMA_INTERRUPTED";

/// Tells it which session was at work on a server.
#[cfg(unix)]
const SESSION: &str = "CARGO_SCHEMA_SESSION";

static AT_WORK: Mutex<String> = Mutex::new(String::new());

/// Remembers the session that is at work, for whoever comes after a signal.
pub(crate) fn remember(session: &str) {
    session.clone_into(&mut AT_WORK.lock().unwrap_or_else(PoisonError::into_inner));
}

/// The session that was at work when the signal came.
#[cfg(unix)]
pub(crate) fn at_work() -> Option<String> {
    std::env::var(SESSION).ok().filter(|session| !session.is_empty())
}

/// How this process has to end, when it is the one that comes after a signal.
#[cfg(unix)]
pub(crate) fn interrupted() -> Option<Exit> {
    let code: u8 = std::env::var(VARIABLE).ok()?.parse().ok()?;
    [Exit::Sigint, Exit::Sigterm].into_iter().find(|exit| exit.code() == code)
}

/// Watches for signals until the process ends; once is enough for several runs.
pub(crate) fn watch() -> std::io::Result<()> {
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_WATCHING: AtomicBool = AtomicBool::new(false);
    if IS_WATCHING.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    heed(|exit| replace(exit))
}

/// Has every signal told to whoever knows a better end than the process's.
#[cfg(unix)]
pub(crate) fn heed(hear: impl Fn(Exit) + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            hear(if signal == SIGTERM { Exit::Sigterm } else { Exit::Sigint });
        }
    })?;
    Ok(())
}

/// Has this done before a signal ends the process; for verbs that change nothing before they end. Once is enough.
#[cfg(unix)]
pub(crate) fn tidy_up(work: fn()) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGINT, SIGTERM};

    static IS_WATCHING: AtomicBool = AtomicBool::new(false);
    if IS_WATCHING.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    std::thread::Builder::new().name("tidying".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            work();
            let exit = if signal == SIGTERM { Exit::Sigterm } else { Exit::Sigint };
            let _ = writeln!(anstream::stderr().lock(), "interrupted: nothing was written");
            std::process::exit(exit.code().into())
        }
    })?;
    Ok(())
}

/// Elsewhere the next run does it.
#[cfg(not(unix))]
pub(crate) fn tidy_up(_: fn()) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn replace(exit: Exit) -> ! {
    use std::io::Write as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    let program = std::env::current_exe().unwrap_or_else(|_| "cargo-schema".into());
    let code = exit.code().to_string();
    let session = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut next = Command::new(program);
    next.args(std::env::args_os().skip(1)).env(VARIABLE, code).env(SESSION, session);
    let error = next.exec();
    // Only here when it could not be replaced.
    let _ = writeln!(
        anstream::stderr().lock(),
        "interrupted: what was under way is rolled back; `cargo schema current` says where the database is ({error})"
    );
    std::process::exit(exit.code().into())
}

#[cfg(not(unix))]
pub(crate) fn at_work() -> Option<String> {
    None
}

/// Elsewhere the system ends the process, with the same result and fewer words.
#[cfg(not(unix))]
pub(crate) fn interrupted() -> Option<Exit> {
    None
}

/// Elsewhere the system ends the process, with the same result and fewer words.
#[cfg(not(unix))]
pub(crate) fn heed(_: impl Fn(Exit) + Send + 'static) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn replace(exit: Exit) -> ! {
    std::process::exit(exit.code().into())
}
