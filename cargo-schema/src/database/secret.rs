//! Database URLs as they may be shown: without their passwords.

/// The URL without its password. Hides too much rather than too little: a password with `/`, `?` or `@` in it
/// does not split where a URL should.
pub(crate) fn masked(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some(at) = shown.rfind('@') {
        let user = shown.find("://").map_or_else(|| shown.find(':').map_or(0, |colon| colon + 1), |s| s + 3);
        if let Some(colon) = shown.get(user..at).and_then(|userinfo| userinfo.find(':')) {
            shown.replace_range(user + colon + 1..at, "***");
        }
    }
    ["password=", "passwd=", "pwd=", "passfile="]
        .iter()
        .fold(shown, |shown, key| without_parameter(&shown, key))
}

fn without_parameter(text: &str, key: &str) -> String {
    let Some(start) = text.to_ascii_lowercase().find(key).map(|start| start + key.len()) else {
        return text.to_owned();
    };
    // In a keyword string a quoted password may hold spaces: everything after it goes.
    let end = match text[start..].starts_with('\'') {
        true => text.len(),
        false => text[start..].find(['&', ' ']).map_or(text.len(), |end| start + end),
    };
    format!("{}***{}", &text[..start], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_however_odd_they_are() {
        assert_eq!(masked("postgres://app:s3cret@db/shop"), "postgres://app:***@db/shop");
        assert_eq!(masked("postgres://app@db/shop"), "postgres://app@db/shop");
        assert_eq!(masked("mysql://app:p@ss/w?rd@db/shop"), "mysql://app:***@db/shop");
        assert_eq!(
            masked("postgres://db/shop?user=a&password=s3cret&x=1"),
            "postgres://db/shop?user=a&password=***&x=1"
        );
        assert_eq!(masked("host=db password='s3 cret' dbname=x"), "host=db password=***");
        assert_eq!(masked("postgres://:s3cret@db/shop"), "postgres://:***@db/shop");
    }
}
