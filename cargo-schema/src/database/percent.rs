//! Percent-encoding, both ways: URLs that people write, and the URIs that SQLite opens.

use std::path::Path;

/// `%20` becomes a space; what is no percent-encoding of UTF-8 stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, hex_pair(tail)) {
            (b'%', Some(value)) if value != 0 => {
                bytes.push(value);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|&byte| (byte as char).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Makes a URI that SQLite opens, whatever characters the path has.
pub(crate) fn sqlite_uri(path: &Path, parameters: &[(String, String)]) -> String {
    let path = path.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut uri = format!("file://{slash}{}", encoded(&path));
    for (index, (key, value)) in parameters.iter().enumerate() {
        uri.push(if index == 0 { '?' } else { '&' });
        uri.push_str(&format!("{}={}", encoded(key), encoded(value)));
    }
    uri
}

/// What has a meaning in a URI is written as `%XX`.
pub(crate) fn encoded(text: &str) -> String {
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            uri.push(byte as char);
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_survives_any_character() {
        let path = Path::new("/w/a b?c#d%é.db");
        let uri = sqlite_uri(path, &[("mode".to_owned(), "ro".to_owned())]);
        assert_eq!(uri, "file:///w/a%20b%3Fc%23d%25%C3%A9.db?mode=ro");
        assert_eq!(decoded(&uri), "file:///w/a b?c#d%é.db?mode=ro");
    }

    #[test]
    fn what_is_no_encoding_stays_as_it_is() {
        for text in ["100%", "%zz", "%0", "%00", "%ff"] {
            assert_eq!(decoded(text), text);
        }
    }
}
