//! The check itself: code that compiles when every field is a column of the table, and else fails at the field.
//!
//! A block whose glob import finds the columns stands within a block that has a stand-in for each of them. Where the
//! table has the column, the import wins; where it has not, the stand-in is found, which is no column and says so.

use proc_macro::{Ident, TokenStream, TokenTree};

use crate::item::Item;

/// Code for a struct; it is run never and costs nothing.
pub(crate) fn columns(item: &Item) -> TokenStream {
    let table = item.table.to_string().replace(' ', "");
    let name = table.rsplit("::").next().unwrap_or_default();
    let mut block = code(&format!(
        "#[diagnostic::on_unimplemented(
            message = \"the table `{name}` has no column `{{Self}}`\",
            label = \"`{table}` does not have it\",
            note = \"run `cargo schema generate \\\"what changed\\\"`, which writes the migration and the `table!` block\",
            note = \"a field that is no column says `#[schema(skip)]`\"
        )]
        trait Column {{}}
        #[diagnostic::do_not_recommend]
        impl<C: ::diesel::Column> Column for C {{}}
        const fn is_column<C: Column>() {{}}"
    ));
    for column in &item.columns {
        block.extend(with(column, "struct", ";"));
    }
    let mut inner = code("use");
    inner.extend(item.table.clone());
    inner.extend(code("::columns::*;"));
    for column in &item.columns {
        inner.extend(with(column, "is_column::<", ">();"));
    }
    block.extend([braced(inner)]);
    let mut whole =
        code("#[allow(dead_code, unused_imports, non_camel_case_types, clippy::all)] const _: () =");
    whole.extend([braced(block)]);
    whole.extend(code(";"));
    whole
}

fn with(column: &Ident, before: &str, after: &str) -> TokenStream {
    let mut tokens = code(before);
    tokens.extend([TokenTree::Ident(column.clone())]);
    tokens.extend(code(after));
    tokens
}

fn braced(tokens: TokenStream) -> TokenTree {
    TokenTree::Group(proc_macro::Group::new(proc_macro::Delimiter::Brace, tokens))
}

/// Only what this file writes itself comes here.
fn code(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}
