//! The metadata of a revision that gets other parents: text in, text out, comments and order kept. Pure.

use schema_runtime::revision::Text;
use toml_edit::{Array, DocumentMut, Item, TomlError, Value};

/// The text with these parents. What Diesel or the folder's place has said so far is written out: the id, and
/// whether the migration runs in a transaction (a missing file says yes, a file without the key says no).
pub(crate) fn reparented(before: Option<&str>, id: &str, parents: &[Text]) -> Result<String, TomlError> {
    let mut document: DocumentMut = before.unwrap_or_default().parse()?;
    if !document.contains_key("run_in_transaction") {
        document.insert("run_in_transaction", Item::Value(before.is_none().into()));
    }
    if !document.contains_key("revision") {
        document.insert("revision", Item::Value(id.into()));
    }
    let mut list = Value::Array(parents.iter().map(|parent| parent.as_ref()).collect::<Array>());
    if let Some(old) = document.get("parents").and_then(Item::as_value) {
        *list.decor_mut() = old.decor().clone();
    }
    document.insert("parents", Item::Value(list));
    let text = document.to_string();
    Ok(match before {
        Some(before) if before.contains("\r\n") => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        Some(_) | None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: Option<&str>, after: &str) {
        let text = reparented(before, "4f1c", &["9b7d".into(), "7d03".into()]);
        assert_eq!(text.expect("valid TOML"), after);
    }

    #[test]
    fn comments_and_order_stay() {
        check(
            Some(
                "# ours\nrevision = \"4f1c\" # me\nparents = [\"0a1b\"] # them\nrun_in_transaction = true\n# end\n",
            ),
            "# ours\nrevision = \"4f1c\" # me\nparents = [\"9b7d\", \"7d03\"] # them\nrun_in_transaction = true\n# end\n",
        );
    }

    #[test]
    fn the_ends_of_lines_stay() {
        check(
            Some("run_in_transaction = true\r\nrevision = \"4f1c\"\r\nparents = []\r\n"),
            "run_in_transaction = true\r\nrevision = \"4f1c\"\r\nparents = [\"9b7d\", \"7d03\"]\r\n",
        );
    }

    #[test]
    fn a_missing_file_ran_in_a_transaction() {
        check(None, "run_in_transaction = true\nrevision = \"4f1c\"\nparents = [\"9b7d\", \"7d03\"]\n");
    }

    #[test]
    fn a_file_of_diesels_without_the_key_did_not() {
        check(
            Some("# empty\n"),
            "run_in_transaction = false\nrevision = \"4f1c\"\nparents = [\"9b7d\", \"7d03\"]\n# empty\n",
        );
    }
}
