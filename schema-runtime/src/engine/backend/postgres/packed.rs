//! All rows of a query as one text: what a driver does for each row costs more than the row itself. Control characters
//! stand between rows and fields, and for NULL. A text that holds one of the first makes more rows than the server has
//! counted, or a row with more fields, and then there is no answer.

use crate::engine::session::Row;

const ROW: char = '\u{1e}';
const FIELD: char = '\u{1f}';
const NULL: &str = "\u{1}";

/// The query for the packed rows of a query whose columns are all text, and for their number.
pub(super) fn query(sql: &str, columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let fields: Vec<String> = names.iter().map(|name| format!("coalesce({name}, chr(1))")).collect();
    format!(
        "SELECT string_agg(concat_ws(chr(31), {}), chr(30)), count(*)::text FROM ({sql}) AS t({})",
        fields.join(", "),
        names.join(", ")
    )
}

/// What such a query answered.
pub(super) fn rows(answer: &[Row], columns: usize) -> Option<Vec<Row>> {
    let [packed, count] = answer.first()?.as_slice() else { return None };
    let count: usize = count.as_ref()?.parse().ok()?;
    let rows = packed.as_ref().map_or(Some(Vec::new()), |packed| unpacked(packed, columns))?;
    (rows.len() == count).then_some(rows)
}

fn unpacked(packed: &str, columns: usize) -> Option<Vec<Row>> {
    let field = |text: &str| (text != NULL).then(|| text.to_owned());
    let row = |text: &str| {
        let mut row = Row::with_capacity(columns);
        row.extend(text.split(FIELD).map(field));
        (row.len() == columns).then_some(row)
    };
    packed.split(ROW).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: [Option<&str>; 2]) -> Row {
        fields.map(|field| field.map(str::to_owned)).to_vec()
    }

    fn answered(packed: Option<&str>, count: usize) -> Option<Vec<Row>> {
        rows(&[row([packed, Some(&count.to_string())])], 2)
    }

    #[test]
    fn nothing_is_told_from_an_empty_text() {
        assert_eq!(answered(None, 0), Some(Vec::new()));
        let expected = vec![row([Some("ä b"), None]), row([Some(""), Some("'\n")])];
        assert_eq!(answered(Some("ä b\u{1f}\u{1}\u{1e}\u{1f}'\n"), 2), Some(expected));
    }

    #[test]
    fn a_text_with_a_separator_in_it_is_no_answer() {
        let odd = ["a\u{1f}b\u{1f}c", "a\u{1e}b\u{1f}c", "a\u{1f}b\u{1e}", "a\u{1f}b\u{1e}c\u{1f}d", ""];
        for odd in odd {
            assert_eq!(answered(Some(odd), 1), None, "{odd:?}");
        }
        assert_eq!(rows(&[], 2), None);
    }
}
