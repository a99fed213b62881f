//! The name of a new migration: what the template says, at a moment.

use std::fmt;

use super::{Piece, pieces};

/// A moment in UTC, cut into what names need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Seconds since 1970, which say the same as the rest.
    pub epoch: u64,
    /// The year.
    pub year: u64,
    /// From one.
    pub month: u64,
    /// From one.
    pub day: u64,
    /// 0 to 23.
    pub hour: u64,
    /// 0 to 59.
    pub minute: u64,
    /// 0 to 59.
    pub second: u64,
}

impl Moment {
    /// The moment that is this many seconds after the beginning of 1970.
    pub fn from_epoch(epoch: u64) -> Self {
        let (year, month, day) = civil(epoch / 86_400);
        let (hour, minute, second) = (epoch / 3600 % 24, epoch / 60 % 60, epoch % 60);
        Self { epoch, year, month, day, hour, minute, second }
    }
}

/// RFC 3339, as `created` is written.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Year, month and day from days since 1970, by counting years from March, so that leap days come last
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// When.
    pub time: Moment,
    /// The revision's id.
    pub rev: &'a str,
    /// See [`slug`](super::slug).
    pub slug: &'a str,
    /// How many migrations there are already, plus one; written with four digits.
    pub seq: usize,
}

/// The name of a new folder. What the template holds beside its tokens stays as it is, and a token without a value
/// takes the `_` or `-` before it along.
pub fn render(template: &str, parts: &Parts<'_>) -> String {
    let mut name = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => name.push_str(text),
            Piece::Token(token) => match value(token, parts) {
                Some(value) if value.is_empty() => name.truncate(name.trim_end_matches(['-', '_']).len()),
                Some(value) => name.push_str(&value),
                None => {
                    name.push_str(&format!("{{{token}}}"));
                }
            },
        }
    }
    name
}

fn value(token: &str, parts: &Parts<'_>) -> Option<String> {
    let time = parts.time;
    Some(match token {
        "year" => format!("{:04}", time.year),
        "month" => format!("{:02}", time.month),
        "day" => format!("{:02}", time.day),
        "hour" => format!("{:02}", time.hour),
        "minute" => format!("{:02}", time.minute),
        "second" => format!("{:02}", time.second),
        "epoch" => time.epoch.to_string(),
        "seq" => format!("{:04}", parts.seq),
        "rev" => parts.rev.to_string(),
        "slug" => parts.slug.to_string(),
        _ => return None,
    })
}
