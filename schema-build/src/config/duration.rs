//! Durations as people write them: `500ms`, `30s`, `5m`, `1h`.

use std::time::Duration;

/// A number and its unit, without which only `0` has a meaning.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    match text[digits..].trim_start() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" | "min" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        "" if number == 0 => Some(Duration::ZERO),
        _ => None,
    }
}
