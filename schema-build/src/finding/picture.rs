//! How a finding looks: rustc's picture, as lines of styled text. Knows no terminal and no directive; nothing that
//! stands in a file or a name can break a line, move the cursor or hide text here.

use super::{Excerpt, Finding, Note, Place, Severity};

/// One line of a picture, without a line ending.
pub type Line = Vec<Span>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is, for those who colour.
    pub style: Style,
    /// Printable text.
    pub text: String,
}

/// What a piece of a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text of a file, of a note.
    Plain,
    /// The word `error` and what is underlined by an error.
    Error,
    /// The word `warning` and what is underlined by a warning.
    Warning,
    /// The message.
    Message,
    /// Arrows, bars, line numbers and the words `note` and `help`.
    Frame,
}

/// What stands before the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// Nothing: Cargo writes `error: name@version: ` itself.
    Bare,
    /// `error: `
    Severity,
    /// `error[rule]: `
    Rule,
}

/// The widest piece of a line that is shown; longer ones are cut around what is underlined.
const WINDOW: usize = 88;

impl Finding {
    /// The picture, line by line.
    pub fn lines(&self, heading: Heading) -> Vec<Line> {
        let mut lines = vec![self.heading(heading)];
        let gutter = self.gutter();
        if let Some(place) = &self.place {
            lines.push(arrow(place, gutter));
            if let Some(excerpt) = &place.excerpt {
                lines.extend(picture(excerpt, gutter, self.severity));
                if !self.notes.is_empty() {
                    lines.push(vec![frame(format!("{:gutter$} |", ""))]);
                }
            }
        }
        lines.extend(self.notes.iter().flat_map(|note| note_lines(note, gutter)));
        lines
    }

    /// The picture without styles, one string per line.
    pub fn plain_lines(&self, heading: Heading) -> Vec<String> {
        let text = |line: Line| line.into_iter().map(|span| span.text).collect::<String>();
        self.lines(heading).into_iter().map(text).collect()
    }

    fn heading(&self, heading: Heading) -> Line {
        let message = span(Style::Message, printable(&self.message));
        let word = span(severity_style(self.severity), self.severity.name());
        match heading {
            Heading::Bare => vec![message],
            Heading::Severity => vec![word, span(Style::Message, ": "), message],
            Heading::Rule => {
                let word = span(word.style, format!("{}[{}]", word.text, self.rule));
                vec![word, span(Style::Message, ": "), message]
            }
        }
    }

    /// How wide line numbers are.
    fn gutter(&self) -> usize {
        let line =
            self.place.as_ref().and_then(|place| place.excerpt.as_ref()).map_or(0, |excerpt| excerpt.line);
        line.to_string().len().max(2)
    }
}

fn arrow(place: &Place, gutter: usize) -> Line {
    let path = printable(&place.path.to_string_lossy());
    let position = match &place.excerpt {
        Some(excerpt) => format!("{path}:{}:{}", excerpt.line, excerpt.column),
        None => path,
    };
    vec![frame(format!("{:gutter$}--> ", "")), span(Style::Plain, position)]
}

fn picture(excerpt: &Excerpt, gutter: usize, severity: Severity) -> [Line; 3] {
    let (text, before, width) = window(excerpt);
    let marker = format!("{}{}", "^".repeat(width), label(&excerpt.label));
    let bar = frame(format!("{:gutter$} | ", ""));
    [
        vec![frame(format!("{:gutter$} |", ""))],
        vec![frame(format!("{:>gutter$} | ", excerpt.line)), span(Style::Plain, text.trim_end())],
        vec![bar, span(Style::Plain, " ".repeat(before)), span(severity_style(severity), marker)],
    ]
}

fn label(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" {}", printable(label)) }
}

/// What is shown of a line, how many columns lie before the underline, and how long that is.
fn window(excerpt: &Excerpt) -> (String, usize, usize) {
    let cells: Vec<String> = excerpt.text.chars().map(cell).collect();
    let marked = (excerpt.column - 1).min(cells.len())..(excerpt.column - 1 + excerpt.width).min(cells.len());
    let total: usize = columns(&cells);
    if total <= WINDOW {
        return (cells.concat(), columns(&cells[..marked.start]), columns(&cells[marked]).max(1));
    }
    let (from, to) = around(&cells, &marked);
    let (left, right) = (if from > 0 { "..." } else { "" }, if to < cells.len() { "..." } else { "" });
    let marked = marked.start..marked.end.min(to);
    let text = format!("{left}{}{right}", cells[from..to].concat());
    (text, left.len() + columns(&cells[from..marked.start]), columns(&cells[marked]).max(1))
}

/// The cells to show of a line that is too long: some of what stands before the mark, and then as much as fits.
fn around(cells: &[String], marked: &std::ops::Range<usize>) -> (usize, usize) {
    let fits = |from: usize| {
        let mut width = 0;
        let fitting = cells[from..].iter().take_while(|cell| {
            width += columns(std::slice::from_ref(*cell));
            width <= WINDOW
        });
        from + fitting.count()
    };
    let to = fits(0);
    if marked.end <= to {
        return (0, to);
    }
    let from = marked.start.saturating_sub(WINDOW / 4);
    (from, fits(from).max(marked.start))
}

fn note_lines(note: &Note, gutter: usize) -> Vec<Line> {
    let (word, text) = match note {
        Note::Note(text) => ("note", text),
        Note::Help(text) => ("help", text),
    };
    let head = format!("{:gutter$} = {word}: ", "");
    let indent = " ".repeat(head.len());
    let starts = std::iter::once(frame(head)).chain(std::iter::repeat(span(Style::Plain, indent)));
    starts.zip(text.lines()).map(|(start, line)| vec![start, span(Style::Plain, printable(line))]).collect()
}

/// The text with nothing in it that a terminal or Cargo would act on: control characters become their pictures,
/// as rustc shows them, and those that turn the writing direction a replacement character.
pub fn printable(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return text.to_string();
    }
    text.chars().map(cell).collect()
}

fn cell(c: char) -> String {
    match c {
        '\t' => "    ".to_string(),
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).map_or_else(String::new, String::from),
        '\x7f' => "\u{2421}".to_string(),
        '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => "\u{fffd}".to_string(),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "\u{fffd}".to_string(),
        '\u{feff}' => String::new(),
        _ => c.to_string(),
    }
}

/// Columns on a terminal: East Asian and pictorial characters take two, combining ones none.
fn columns(cells: &[String]) -> usize {
    cells.iter().flat_map(|cell| cell.chars()).map(char_columns).sum()
}

fn char_columns(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Warning => Style::Warning,
        Severity::Error => Style::Error,
    }
}

fn frame(text: impl Into<String>) -> Span {
    span(Style::Frame, text)
}

fn span(style: Style, text: impl Into<String>) -> Span {
    Span { style, text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(finding: &Finding) -> String {
        finding.plain_lines(Heading::Bare).join("\n")
    }

    #[test]
    fn a_finding_is_drawn_as_rustc_draws_it() {
        let text = "run_in_transaction = true\nrevision = \"9b7d034f1c2a\"\nparents = [\"4f1c2a9b7d04\"]\n";
        let finding =
            Finding::error("missing-parent", "revision `9b7d034f1c2a` has a parent that does not exist")
                .at("migrations/2026_add_tax/metadata.toml", text, 63..77, "no migration has this id")
                .help("the nearest is `4f1c2a9b7d03` (add phone to users)");
        assert_eq!(
            drawn(&finding),
            "\
revision `9b7d034f1c2a` has a parent that does not exist
  --> migrations/2026_add_tax/metadata.toml:3:12
   |
 3 | parents = [\"4f1c2a9b7d04\"]
   |            ^^^^^^^^^^^^^^ no migration has this id
   |
   = help: the nearest is `4f1c2a9b7d03` (add phone to users)"
        );
        assert_eq!(finding.plain_lines(Heading::Severity)[0], format!("error: {}", finding.message));
        assert_eq!(
            finding.plain_lines(Heading::Rule)[0],
            format!("error[missing-parent]: {}", finding.message)
        );
    }

    #[test]
    fn a_finding_about_a_folder_has_no_excerpt_and_notes_may_have_several_lines() {
        let finding = Finding::error("multiple-heads", "the history has two heads")
            .in_file("migrations/")
            .note("`a` add orders")
            .help("one of these:\n  first\n  second");
        assert_eq!(
            drawn(&finding),
            "\
the history has two heads
  --> migrations/
   = note: `a` add orders
   = help: one of these:
             first
             second"
        );
    }

    #[test]
    fn nothing_in_a_file_or_a_name_breaks_a_line_or_reaches_the_terminal() {
        let finding =
            Finding::error("x", "bad\nname\x1b[31m").at("a\nb\r", "\x1b[2J\tx\u{202e}\0", 5..6, "l\n2");
        let lines = finding.plain_lines(Heading::Bare);
        assert!(
            lines.iter().all(|line| !line.contains(|c: char| c.is_control() || c == '\u{202e}')),
            "{lines:?}"
        );
        assert_eq!(lines[0], "bad␊name␛[31m");
        assert_eq!(lines[1], "  --> a␊b␍:1:6");
        assert_eq!(lines[3], " 1 | ␛[2J    x\u{fffd}␀");
        assert_eq!(lines[4], "   |         ^ l␊2");
    }

    #[test]
    fn a_long_line_is_cut_around_what_is_underlined() {
        let text = format!("{}BAD{}", "a".repeat(500), "b".repeat(500));
        let lines = Finding::error("x", "m").at("f", &text, 500..503, "").plain_lines(Heading::Bare);
        assert!(lines[3].starts_with(" 1 | ...aaa") && lines[3].ends_with("bbb..."), "{}", lines[3]);
        assert!(lines[3].len() < 110);
        assert_eq!(lines[3].find("BAD"), lines[4].find("^^^"));
    }

    #[test]
    fn a_long_underline_is_cut_with_its_line() {
        let text = "x".repeat(5000);
        for start in [0, 60, 2000, 4999] {
            let lines = Finding::error("x", "m").at("f", &text, start..5000, "").plain_lines(Heading::Bare);
            assert!(lines[3].len() < 110 && lines[4].len() < 110, "{start}: {lines:?}");
            assert!(lines[4].contains('^'));
        }
    }

    #[test]
    fn wide_characters_keep_the_underline_in_place() {
        let lines = Finding::error("x", "m").at("f", "名前 x", 7..8, "").plain_lines(Heading::Bare);
        assert_eq!(lines[4], "   |      ^");
    }

    #[test]
    fn big_line_numbers_widen_the_gutter() {
        let text = "\n".repeat(1233) + "x";
        let lines = Finding::error("x", "m").at("f", &text, 1233..1234, "").plain_lines(Heading::Bare);
        assert_eq!(lines[1..4], ["    --> f:1234:1", "     |", "1234 | x"]);
    }
}
