//! All rows of a query as one text: what a driver does for each row costs more than the row itself. Control characters
//! stand between rows and fields, and for NULL; a text that holds one of them makes a row with another number of
//! fields, and then there is no answer.

use crate::engine::session::Row;

const ROW: char = '\u{1e}';
const FIELD: char = '\u{1f}';
const NULL: &str = "\u{1}";

/// The query for the packed rows of a query whose columns are all text.
pub(super) fn query(sql: &str, columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let fields: Vec<String> = names.iter().map(|name| format!("coalesce({name}, chr(1))")).collect();
    format!(
        "SELECT string_agg(concat_ws(chr(31), {}), chr(30)) FROM ({sql}) AS t({})",
        fields.join(", "),
        names.join(", ")
    )
}

/// What such a query answered.
pub(super) fn rows(packed: Option<&str>, columns: usize) -> Option<Vec<Row>> {
    let field = |text: &str| (text != NULL).then(|| text.to_owned());
    let row = |text: &str| {
        let mut row = Row::with_capacity(columns);
        row.extend(text.split(FIELD).map(field));
        (row.len() == columns).then_some(row)
    };
    packed.map_or(Some(Vec::new()), |packed| packed.split(ROW).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: [Option<&str>; 2]) -> Row {
        fields.map(|field| field.map(str::to_owned)).to_vec()
    }

    #[test]
    fn nothing_is_told_from_an_empty_text() {
        assert_eq!(rows(None, 2), Some(Vec::new()));
        let expected = vec![row([Some("ä b"), None]), row([Some(""), Some("'\n")])];
        assert_eq!(rows(Some("ä b\u{1f}\u{1}\u{1e}\u{1f}'\n"), 2), Some(expected));
    }

    #[test]
    fn a_text_with_a_separator_in_it_is_no_answer() {
        for odd in ["a\u{1f}b\u{1f}c", "a\u{1e}b\u{1f}c", "a\u{1f}b\u{1e}", ""] {
            assert_eq!(rows(Some(odd), 2), None, "{odd:?}");
        }
    }
}
