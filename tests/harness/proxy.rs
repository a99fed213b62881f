//! Between a client and its server: counts round trips, takes its time, and cuts the line when told to.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Listens as long as the test runs.
pub(crate) struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
}

/// What all connections through it share.
#[derive(Default)]
struct Line {
    /// How often a client spoke after it had been answered.
    round_trips: AtomicUsize,
    /// How much longer the way to the server is, in milliseconds.
    delay: AtomicU64,
    /// What a client says before the line is dead.
    fatal: Mutex<Option<String>>,
}

impl Proxy {
    /// To a server, as `host:port`.
    pub(crate) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let line = Arc::new(Line::default());
        let (server, shared) = (server.to_owned(), Arc::clone(&line));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(upstream) = TcpStream::connect(&server) else { continue };
                serve(client, upstream, &shared);
            }
        });
        Self { address, line }
    }

    /// The same URL by way of the proxy.
    pub(crate) fn before(url: &str) -> (Self, String) {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap();
        let (user, server) = authority.rsplit_once('@').unwrap();
        let proxy = Self::to(server);
        // The MySQL driver would rather take the server's socket, and what is encrypted cannot be read here.
        let query = if scheme == "mysql" { "?prefer_socket=false" } else { "?sslmode=disable" };
        let url = format!("{scheme}://{user}@{}/{path}{query}", proxy.address);
        (proxy, url)
    }

    /// How many there were since this was asked last.
    pub(crate) fn round_trips(&self) -> usize {
        self.line.round_trips.swap(0, Ordering::SeqCst)
    }

    /// From now on every message of a client is that long on its way.
    pub(crate) fn delay(&self, milliseconds: u64) {
        self.line.delay.store(milliseconds, Ordering::SeqCst);
    }

    /// The server still gets the message that has this in it, and nobody hears what became of it.
    pub(crate) fn cut_at(&self, text: &str) {
        *self.line.fatal.lock().unwrap() = Some(text.to_owned());
    }
}

fn serve(client: TcpStream, server: TcpStream, line: &Arc<Line>) {
    let was_answered = Arc::new(AtomicBool::new(true));
    for stream in [&client, &server] {
        stream.set_nodelay(true).unwrap();
    }
    let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (line, asks) = (Arc::clone(line), Arc::clone(&was_answered));
    thread::spawn(move || {
        pump(client, server, |bytes| {
            if asks.swap(false, Ordering::SeqCst) {
                line.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            thread::sleep(Duration::from_millis(line.delay.load(Ordering::SeqCst)));
            let fatal = line.fatal.lock().unwrap();
            let is_fatal = |text: &String| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            !fatal.as_ref().is_some_and(is_fatal)
        });
    });
    thread::spawn(move || {
        pump(ends.1, ends.0, |_| {
            was_answered.store(true, Ordering::SeqCst);
            true
        });
    });
}

/// Hands over what comes, until one end is closed or what came is not to be survived.
fn pump(mut from: TcpStream, mut to: TcpStream, mut goes_on: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let goes_on = goes_on(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() || !goes_on {
            break;
        }
    }
    for end in [&from, &to] {
        // It may be closed already.
        let _ = end.shutdown(Shutdown::Both);
    }
}
