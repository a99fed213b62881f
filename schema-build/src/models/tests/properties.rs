//! Whatever stands in a file, reading it ends, with the same answer every time.

use schema_runtime::dialect::Dialect;

use super::{describe, models, pictures};

const SOUND: &str = r##"
#![allow(unused)]
mod inner { #[derive(Schema)] #[schema(name = "temper")] pub enum Mood { Happy, #[schema(was = "sad")] Unhappy } }
#[derive(Queryable, schema_runtime::Schema)]
#[diesel(table_name = crate::schema::products, primary_key(id))]
#[schema(index(sku, desc(stock), "lower(sku)", name = "i", where = "a > 0"), check("stock >= 0"), unique(sku, stock))]
#[schema(foreign_key(owner_id, stock, references = users(id, b), on_delete = "cascade"))]
pub struct Product<'a> {
    pub id: i32,
    #[schema(unique, max_length = 64)] pub sku: Cow<'a, str>,
    #[schema(references = users, on_delete = "cascade", deferrable = "deferred")] pub owner_id: i32,
    #[schema(default = -1.5, backfill = "0")] #[cfg(not(test))] pub stock: f64,
    #[schema(was = "colour")] pub color: Option<Vec<Option<inner::Mood>>>,
    #[schema(generated = "a || 'b'", virtual)] pub r#type: (Bound<i32>, Bound<i32>),
}
diesel::table! { use diesel::sql_types::*; #[sql_name = "Users"] audit.users (id, b) { id -> Integer, #[max_length = 3] b -> Nullable<Array<Text>>, } }
diesel::joinable!(products -> users (owner_id));
fn body() -> Vec<u8> { let x = r#"raw "string""#; '\u{1f600}'; b"x\ny"; 0x1f_u8; 1e5 }
"##;

/// A generator of numbers that needs no crate.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

const PIECES: [&str; 24] = [
    "(", ")", "[", "]", "{", "}", "<", ">", "#", ",", "=", "::", "\"", "'", "//", "/*", "!", "->", "schema",
    "mod x;", "ä\u{0}", "r#", "1e", "\\",
];

fn mutated(numbers: &mut Numbers) -> String {
    let mut letters: Vec<char> = SOUND.chars().collect();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(letters.len());
        let end = (at + numbers.below(12)).min(letters.len());
        match numbers.below(4) {
            0 => drop(letters.drain(at..end)),
            1 => letters.truncate(at),
            2 => {
                let copy = letters[at..end].to_vec();
                let to = numbers.below(letters.len());
                letters.splice(to..to, copy);
            }
            _ => {
                let piece =
                    PIECES[numbers.below(PIECES.len())].repeat(1 + numbers.below(2) * numbers.below(300));
                letters.splice(at..at, piece.chars());
            }
        }
        if letters.is_empty() {
            break;
        }
    }
    letters.into_iter().collect()
}

#[test]
fn no_mutation_of_a_source_makes_it_panic() {
    let mut numbers = Numbers(20_261_120);
    for round in 0..600 {
        let source = mutated(&mut numbers);
        let dialect = Dialect::ALL[round % 3];
        let found = models(dialect, &source);
        for finding in &found.findings {
            assert!(finding.place.is_some(), "{source}");
        }
        #[cfg(feature = "command")]
        found.tables_file(std::path::Path::new("src/lib.rs"));
    }
}

#[test]
fn what_is_nested_beyond_reason_is_a_finding() {
    for count in [125, 300, 900, 20_000] {
        nested(count);
    }
}

fn nested(count: usize) {
    for (open, close) in [
        ("(", ")"),
        ("Vec<", ">"),
        ("&", ""),
        ("[", "]"),
        ("*const ", ""),
        ("&'a mut ", ""),
        ("fn() -> ", ""),
    ] {
        let source = format!(
            "#[derive(Schema)] struct User {{ id: i32, a: {}u8{} }}",
            open.repeat(count),
            close.repeat(count)
        );
        let found = models(Dialect::Sqlite, &source);
        assert_eq!(found.findings.len(), 1, "{open} {count}");
    }
    let modules = format!("{}{}", "mod a {".repeat(count), "}".repeat(count));
    assert_eq!(models(Dialect::Sqlite, &modules).findings.len(), usize::from(count > 1_000));
}

#[test]
fn the_same_source_says_the_same_twice() {
    let mut numbers = Numbers(7);
    for _ in 0..50 {
        let source = mutated(&mut numbers);
        let [one, two] = [models(Dialect::Postgres, &source), models(Dialect::Postgres, &source)];
        assert_eq!(describe(&one.schema), describe(&two.schema));
        assert_eq!(pictures(&one.findings), pictures(&two.findings));
    }
}
