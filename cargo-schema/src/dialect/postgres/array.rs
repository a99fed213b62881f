//! `ARRAY['a', 'b']::text[]` is read as `ARRAY['a'::text, 'b'::text]`: an expression that PostgreSQL itself spells in the
//! first form comes out in the second when that text is run. Here both are the second. Pure.

use super::types;

/// The words of an expression, casts of whole arrays written at their elements, where these are no more than values or
/// names with casts of their own.
pub(super) fn cast_by_element(words: &[String]) -> Vec<String> {
    let mut found = Vec::with_capacity(words.len());
    let mut rest = words;
    while let [first, after @ ..] = rest {
        rest = match cast(rest) {
            Some(cast) => {
                write(&mut found, &cast);
                cast.after
            }
            None => {
                found.push(first.clone());
                after
            }
        };
    }
    found
}

/// An array and the type that it is cast to.
struct Cast<'w> {
    elements: Vec<&'w [String]>,
    ty: &'w [String],
    /// The words behind it.
    after: &'w [String],
}

/// The array that stands at the beginning, if it is cast.
fn cast(words: &[String]) -> Option<Cast<'_>> {
    let [array, open, inside @ ..] = words else { return None };
    if array != "array" || open != "[" {
        return None;
    }
    let (elements, after) = elements(inside)?;
    let [colon, again, after @ ..] = after else { return None };
    let end = after.iter().position(|word| word == "[").filter(|_| colon == ":" && again == ":")?;
    let (ty, after) = after.split_at(end);
    let is_cast = after.get(1).is_some_and(|word| word == "]") && is_type(ty);
    (is_cast && elements.iter().all(|element| is_plain(element))).then(|| Cast {
        elements,
        ty,
        after: &after[2..],
    })
}

/// What stands between the commas, and what comes after the closing bracket.
fn elements(words: &[String]) -> Option<(Vec<&[String]>, &[String])> {
    let (mut elements, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (place, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" | "[" => depth += 1,
            "]" | "," if depth == 0 => {
                elements.push(&words[start..place]);
                start = place + 1;
                if word == "]" {
                    return Some((elements, &words[start..]));
                }
            }
            ")" | "]" => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

fn is_plain(element: &[String]) -> bool {
    let casts = casts(element);
    matches!(casts[..], [[value], ..] if !is_symbol(value)) && casts[1..].iter().all(|ty| is_type(ty))
}

fn is_symbol(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_punctuation() && !"'\"_".contains(first))
}

/// A value and the types that it is cast to, one after the other.
fn casts(element: &[String]) -> Vec<&[String]> {
    let (mut casts, mut rest) = (Vec::new(), element);
    while let Some(colon) = rest.windows(2).position(|pair| pair == [":", ":"]) {
        casts.push(&rest[..colon]);
        rest = &rest[colon + 2..];
    }
    casts.push(rest);
    casts
}

/// One name, with its schema or without, or one of PostgreSQL's own of several words.
fn is_type(words: &[String]) -> bool {
    match words {
        [name] => !is_symbol(name),
        [schema, dot, name] if dot == "." => !is_symbol(schema) && !is_symbol(name),
        _ => !types::is_custom(&types::canonical(&words.join(" "))),
    }
}

fn write(found: &mut Vec<String>, Cast { elements, ty, .. }: &Cast<'_>) {
    let word = |text: &str| text.to_owned();
    found.extend(["array", "["].map(word));
    for (place, element) in elements.iter().enumerate() {
        found.extend((place > 0).then(|| word(",")));
        found.extend_from_slice(element);
        if casts(element).last() != Some(ty) {
            found.extend([":", ":"].map(word));
            found.extend_from_slice(ty);
        }
    }
    found.push(word("]"));
}

#[cfg(test)]
mod tests {
    use super::super::name::canonical;

    #[test]
    fn the_cast_of_an_array_is_that_of_its_elements() {
        let same = |left: &str, right: &str| assert_eq!(canonical(left), canonical(right));
        same(
            "a::text <> ALL (ARRAY['x'::character varying, b, 'it''s ]'::text]::text[])",
            "a::text <> ALL (ARRAY['x'::character varying::text, b::text, 'it''s ]'::text])",
        );
        same("ARRAY[1, 2]::numeric(10,2)[]", "ARRAY[1::numeric(10,2), 2::numeric(10,2)]");
        same("ARRAY['a']::audit.\"Mood\"[] = b", "ARRAY['a'::audit.\"Mood\"] = b");
        same(
            "ARRAY['a'::timestamp(3) without time zone]::date[]",
            "ARRAY['a'::timestamp(3) without time zone::date]",
        );
    }

    #[test]
    fn what_is_no_cast_of_plain_elements_stays() {
        let stays = |sql: &str| assert_eq!(canonical(sql), canonical(&sql.replace("::int[]", "::int [ ]")));
        for sql in
            ["ARRAY[a + b]::int[]", "ARRAY[f(a)]::int[]", "ARRAY[ARRAY[1]]::int[]", "ARRAY[1][1]::int[]"]
        {
            stays(sql);
            assert!(canonical(sql).ends_with(": : int [ ]"), "{sql}");
        }
        for sql in [
            "ARRAY[",
            "ARRAY[1",
            "ARRAY[1)",
            "ARRAY[1]::",
            "ARRAY[1]::int[",
            "ARRAY[1]::int and b[1]",
            "ARRAY[]",
        ] {
            assert!(canonical(sql).starts_with("array ["), "{sql}");
        }
    }
}
