//! `cfg` and `cfg_attr`, as far as they can be known without a compiler: `test` is off, features are on where the
//! package has them on by default, and what depends on the machine may be either.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaList, Token};

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    No,
    Maybe,
    Yes,
}

/// What is known about the build.
#[derive(Clone, Debug, Default)]
pub(super) struct Cfg {
    /// The features that are on.
    pub(super) features: BTreeSet<String>,
}

/// Flags that are off whenever the application itself is built.
const OFF: [&str; 5] = ["test", "doc", "doctest", "miri", "rust_analyzer"];

impl Cfg {
    /// Whether what bears these attributes is part of the crate, and the attributes that it has then.
    pub(super) fn expand(&self, attributes: &[Attribute]) -> Option<Vec<Meta>> {
        let mut metas = Vec::new();
        for attribute in attributes {
            self.collect(attribute.meta.clone(), &mut metas);
        }
        let is_in = |meta: &Meta| !meta.path().is_ident("cfg") || self.list(meta) != Truth::No;
        metas.iter().all(is_in).then_some(metas)
    }

    fn collect(&self, meta: Meta, metas: &mut Vec<Meta>) {
        match &meta {
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                let mut parts = parts(list).into_iter();
                if parts.next().is_some_and(|condition| self.truth(&condition) != Truth::No) {
                    parts.for_each(|part| self.collect(part, metas));
                }
            }
            // The commonest by far, and never ours.
            Meta::NameValue(pair) if pair.path.is_ident("doc") => {}
            _ => metas.push(meta),
        }
    }

    /// All of `cfg(..)`'s conditions; there should be one.
    fn list(&self, meta: &Meta) -> Truth {
        match meta {
            Meta::List(list) => self.all(list),
            Meta::Path(_) | Meta::NameValue(_) => Truth::Maybe,
        }
    }

    fn all(&self, list: &MetaList) -> Truth {
        parts(list).iter().map(|part| self.truth(part)).min().unwrap_or(Truth::Yes)
    }

    fn any(&self, list: &MetaList) -> Truth {
        parts(list).iter().map(|part| self.truth(part)).max().unwrap_or(Truth::No)
    }

    fn truth(&self, condition: &Meta) -> Truth {
        match condition {
            Meta::Path(path) if OFF.iter().any(|flag| path.is_ident(flag)) => Truth::No,
            Meta::Path(path) if path.is_ident("true") => Truth::Yes,
            Meta::Path(path) if path.is_ident("false") => Truth::No,
            Meta::Path(_) => Truth::Maybe,
            Meta::List(list) if list.path.is_ident("all") => self.all(list),
            Meta::List(list) if list.path.is_ident("not") => not(self.all(list)),
            Meta::List(list) if list.path.is_ident("any") => self.any(list),
            Meta::List(_) => Truth::Maybe,
            Meta::NameValue(pair) if pair.path.is_ident("feature") => match text(&pair.value) {
                Some(feature) if self.features.contains(&feature) => Truth::Yes,
                Some(_) => Truth::No,
                None => Truth::Maybe,
            },
            Meta::NameValue(_) => Truth::Maybe,
        }
    }
}

/// The string that an expression is.
pub(super) fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

fn parts(list: &MetaList) -> Vec<Meta> {
    let parse = Punctuated::<Flag, Token![,]>::parse_terminated;
    list.parse_args_with(parse).map_or_else(|_| Vec::new(), |parts| parts.into_iter().map(|f| f.0).collect())
}

/// A meta, or `true` or `false`, which are literals to syn and conditions to rustc.
struct Flag(Meta);

impl syn::parse::Parse for Flag {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::LitBool) {
            let flag: syn::LitBool = input.parse()?;
            let name = if flag.value { "true" } else { "false" };
            return Ok(Self(Meta::Path(syn::Ident::new(name, flag.span).into())));
        }
        Ok(Self(input.parse()?))
    }
}

fn not(truth: Truth) -> Truth {
    match truth {
        Truth::No => Truth::Yes,
        Truth::Maybe => Truth::Maybe,
        Truth::Yes => Truth::No,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn is_in(attribute: Attribute) -> bool {
        Cfg { features: ["sqlite".to_string()].into() }.expand(&[attribute]).is_some()
    }

    #[test]
    fn tests_and_features_that_are_off_are_no_part_of_the_crate() {
        assert!(!is_in(parse_quote!(#[cfg(test)])));
        assert!(is_in(parse_quote!(#[cfg(not(test))])));
        assert!(!is_in(parse_quote!(#[cfg(all(unix, test))])));
        assert!(is_in(parse_quote!(#[cfg(any(test, feature = "sqlite"))])));
        assert!(!is_in(parse_quote!(#[cfg(feature = "postgres")])));
        assert!(is_in(parse_quote!(#[cfg(all())])));
        assert!(!is_in(parse_quote!(#[cfg(any())])));
        assert!(!is_in(parse_quote!(#[cfg(false)])));
        assert!(is_in(parse_quote!(#[cfg(true)])));
    }

    #[test]
    fn what_depends_on_the_machine_is_in_both_ways() {
        assert!(is_in(parse_quote!(#[cfg(target_os = "windows")])));
        assert!(is_in(parse_quote!(#[cfg(not(target_os = "windows"))])));
        assert!(!is_in(parse_quote!(#[cfg(all(unix, feature = "postgres"))])));
    }

    #[test]
    fn cfg_attr_gives_its_attributes_where_it_holds() {
        let cfg = Cfg { features: ["sqlite".to_string()].into() };
        let on: Attribute = parse_quote!(#[cfg_attr(feature = "sqlite", derive(A), cfg_attr(all(), x))]);
        assert_eq!(cfg.expand(&[on]).map(|metas| metas.len()), Some(2));
        let off: Attribute = parse_quote!(#[cfg_attr(test, derive(A))]);
        assert_eq!(cfg.expand(&[off]).map(|metas| metas.len()), Some(0));
        let gone: Attribute = parse_quote!(#[cfg_attr(not(test), cfg(test))]);
        assert!(cfg.expand(&[gone]).is_none());
    }
}
