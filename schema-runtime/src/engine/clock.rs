//! What time it is, as the ledger writes it (RFC 3339, UTC, milliseconds), and back. The client's clock and
//! not the server's: start and end of one attempt must come from one clock, and asking costs a round trip.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Now, as `2026-11-20T09:15:00.123Z`.
pub(super) fn now() -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    rfc3339(since_epoch)
}

/// The time between two of our own timestamps, unless one is not ours.
pub(super) fn between(started: &str, finished: &str) -> Option<Duration> {
    since_epoch(finished)?.checked_sub(since_epoch(started)?)
}

fn rfc3339(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let millis = since_epoch.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

fn since_epoch(text: &str) -> Option<Duration> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let days = days(number(0..4)?, number(5..7)?, number(8..10)?);
    let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    Some(Duration::from_secs(days * 86_400 + seconds) + Duration::from_millis(number(20..23)?))
}

/// Days since 1970 to a date, after Howard Hinnant's `civil_from_days`: years begin in March, so that the
/// leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The way back: `days_from_civil`.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = year.saturating_sub(u64::from(month <= 2));
    let (era, year_of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.saturating_sub(1);
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    (era * 146_097 + of_era).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_as_it_was_written() {
        let moments = [0, 951_782_399, 951_782_400, 1_709_164_800, 1_795_166_100, 4_102_444_799];
        for moment in moments.map(|seconds| Duration::from_millis(seconds * 1000 + 7)) {
            assert_eq!(since_epoch(&rfc3339(moment)), Some(moment), "{}", rfc3339(moment));
        }
        assert_eq!(rfc3339(Duration::from_millis(1_709_210_096_789)), "2024-02-29T12:34:56.789Z");
    }

    #[test]
    fn rubbish_is_no_timestamp() {
        assert_eq!(between("yesterday", "2024-02-29T12:34:56.789Z"), None);
        assert_eq!(between("2024-02-29 12:34:56", "2024-02-29 12:34:57"), None);
    }
}
