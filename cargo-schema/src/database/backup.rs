//! Copies of a database, by SQLite's own backup API: a consistent picture even while others write, and, the other
//! way round, one transaction, so that a database that is being replaced is either the old one or the new one.
//! The only file of the workspace with `unsafe`, which the API needs; everything that is not the API is elsewhere.
#![expect(unsafe_code, reason = "SQLite's backup API is not wrapped by Diesel")]

use std::ffi::{CStr, CString};
use std::ptr;
use std::time::{Duration, Instant};

use libsqlite3_sys as ffi;

/// How long to sleep before a locked database is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// Copies all pages of the database at one URI into the one at another; what SQLite says when it cannot.
pub(crate) fn copy(from: &str, to: &str, wait: Duration) -> Result<(), String> {
    let source = Handle::open(from)?;
    let target = Handle::open(to)?;
    let main = c"main".as_ptr();
    // SAFETY: both handles are open, distinct and outlive the backup, which is finished before they are closed.
    let backup = unsafe { ffi::sqlite3_backup_init(target.0, main, source.0, main) };
    if backup.is_null() {
        return Err(target.message());
    }
    let start = Instant::now();
    let stepped = loop {
        // SAFETY: `backup` is the live backup made above. All pages in one step are one transaction of the target.
        match unsafe { ffi::sqlite3_backup_step(backup, -1) } {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED if start.elapsed() < wait => std::thread::sleep(PAUSE),
            code => break code,
        }
    };
    // SAFETY: `backup` is live; it is not used again.
    let finished = unsafe { ffi::sqlite3_backup_finish(backup) };
    match (stepped, finished) {
        (ffi::SQLITE_DONE, ffi::SQLITE_OK) => Ok(()),
        (ffi::SQLITE_DONE, code) | (code, _) => Err(words(code)),
    }
}

/// A connection that is closed when it goes.
struct Handle(*mut ffi::sqlite3);

impl Handle {
    fn open(uri: &str) -> Result<Self, String> {
        let name = CString::new(uri).map_err(|_| "a NUL character in the name".to_owned())?;
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | ffi::SQLITE_OPEN_URI;
        let mut handle = Self(ptr::null_mut());
        // SAFETY: `name` is NUL-terminated and lives through the call; SQLite sets the handle even when it fails.
        match unsafe { ffi::sqlite3_open_v2(name.as_ptr(), &raw mut handle.0, flags, ptr::null()) } {
            ffi::SQLITE_OK => Ok(handle),
            code if handle.0.is_null() => Err(words(code)),
            _ => Err(handle.message()),
        }
    }

    fn message(&self) -> String {
        // SAFETY: the handle is not null, and the message is copied before SQLite is called again.
        unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.0)) }.to_string_lossy().into_owned()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: closed once; closing null is allowed. Nothing was prepared on it that could keep it open.
        unsafe { ffi::sqlite3_close(self.0) };
    }
}

fn words(code: i32) -> String {
    // SAFETY: SQLite returns a static string for every number.
    unsafe { CStr::from_ptr(ffi::sqlite3_errstr(code)) }.to_string_lossy().into_owned()
}
