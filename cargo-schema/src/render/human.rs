//! Findings with colours, and the words that several verbs share.

use std::time::Duration;

use anstyle::{AnsiColor, Effects};
use schema_build::finding::{Finding, Heading, Line, Style};

/// A finding as rustc draws its own, without the last line ending.
pub(crate) fn finding(finding: &Finding, heading: Heading) -> String {
    finding.lines(heading).iter().map(styled).collect::<Vec<_>>().join("\n")
}

fn styled(line: &Line) -> String {
    let spans = line.iter().map(|span| match colour(span.style) {
        Some(style) => format!("{style}{}{style:#}", span.text),
        None => span.text.clone(),
    });
    spans.collect()
}

fn colour(style: Style) -> Option<anstyle::Style> {
    match style {
        Style::Plain => None,
        Style::Error => Some(AnsiColor::Red.on_default() | Effects::BOLD),
        Style::Warning => Some(AnsiColor::Yellow.on_default() | Effects::BOLD),
        Style::Message => Some(anstyle::Style::new().bold()),
        Style::Frame => Some(AnsiColor::BrightBlue.on_default() | Effects::BOLD),
    }
}

/// `1 revision`, `2 revisions`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `0.4 ms`, `18 ms`, `1.8 s`, `3 min 5 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => format!("0.{} ms", (time.as_micros() / 100).max(1)),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_long_as_they_need_to_be() {
        let shown = [420, 18_000, 1_850_000, 185_000_000].map(|us| duration(Duration::from_micros(us)));
        assert_eq!(shown, ["0.4 ms", "18 ms", "1.8 s", "3 min 5 s"]);
    }

    #[test]
    fn words_are_joined_as_people_do() {
        let words: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        assert_eq!([and(&words[..1]), and(&words[..2]), and(&words)], ["a", "a and b", "a, b and c"]);
    }
}
