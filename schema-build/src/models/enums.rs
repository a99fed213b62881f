//! Enums that derive `Schema`: their values, and the type that they are on each engine.

use std::collections::BTreeMap;

use schema_runtime::dialect::Dialect;
use syn::ext::IdentExt;
use syn::{ItemEnum, Meta};

use super::attributes::{DieselWords, schema_terms};
use super::cfg::Cfg;
use super::modules::Model;
use super::names::snake_case;
use super::source::{Mistakes, rules};
use super::words::Said;
use crate::finding::{Finding, Place};
use crate::schema::{EnumType, EnumValue};

/// An enum of the models.
pub(super) struct EnumModel {
    pub(super) ty: EnumType,
    /// The path of `#[diesel(sql_type = ..)]`.
    pub(super) diesel: Option<Vec<String>>,
    place: Place,
}

/// By the Rust name that fields use.
pub(super) type Enums = BTreeMap<String, EnumModel>;

/// Reads all enums.
pub(super) fn read(models: &[Model<ItemEnum>], cfg: &Cfg, findings: &mut Vec<Finding>) -> Enums {
    let mut enums = Enums::new();
    for model in models {
        let mut mistakes = Mistakes::new(&model.source);
        let one = read_one(model, cfg, &mut mistakes);
        findings.append(&mut mistakes.findings);
        let rust_name = model.item.ident.unraw().to_string();
        if let Some(other) = enums.get(&rust_name) {
            findings.push(twice(&format!("the enum `{rust_name}`"), &one.place, &other.place));
            continue;
        }
        if let Some(other) = enums.values().find(|other| other.ty.name == one.ty.name) {
            findings.push(twice(&format!("the type `{}`", one.ty.name), &one.place, &other.place));
            continue;
        }
        enums.insert(rust_name, one);
    }
    enums
}

/// A finding about the second of two things of one name.
pub(super) fn twice(what: &str, second: &Place, first: &Place) -> Finding {
    let line = first.excerpt.as_ref().map_or(0, |excerpt| excerpt.line);
    Finding::error(rules::CONTRADICTION, format!("{what} is described twice"))
        .at_place(second.clone())
        .note(format!("for the first time in {}:{line}", first.path.display()))
}

fn read_one(model: &Model<ItemEnum>, cfg: &Cfg, m: &mut Mistakes<'_>) -> EnumModel {
    let rust_name = model.item.ident.unraw().to_string();
    let (name, was) = names(&model.attributes, "an enum", &rust_name, m);
    let ty = EnumType { name, values: values(model, cfg, m), was };
    let diesel = DieselWords::read(&model.attributes).path("sql_type").map(|path| path.value);
    EnumModel { ty, diesel, place: m.source.place(model.item.ident.span(), "") }
}

fn values(model: &Model<ItemEnum>, cfg: &Cfg, m: &mut Mistakes<'_>) -> Vec<EnumValue> {
    let mut values: Vec<Said<EnumValue>> = Vec::new();
    for variant in &model.item.variants {
        let Some(attributes) = cfg.expand(&variant.attrs) else { continue };
        let span = variant.ident.span();
        if !variant.fields.is_empty() {
            let message =
                format!("the variant `{}` has fields, and a value in a database has none", variant.ident);
            m.add(rules::CONTRADICTION, span, message, "fields");
        }
        let (name, was) = names(&attributes, "a variant", &variant.ident.unraw().to_string(), m);
        let value = EnumValue { name, was, place: Some(m.source.place(span, "")) };
        match values.iter().find(|other| other.value.name == value.name) {
            Some(other) => {
                let (second, first) = (m.source.place(span, ""), m.source.place(other.span, ""));
                m.push(twice(&format!("the value `{}`", value.name), &second, &first));
            }
            None => values.push(Said::new(value, span)),
        }
    }
    if values.is_empty() {
        let message = format!("the enum `{}` has no values", model.item.ident);
        m.add(rules::CONTRADICTION, model.item.ident.span(), message, "nothing could be stored");
    }
    values.into_iter().map(|value| value.value).collect()
}

/// The name in the database, and the one it used to have.
fn names(
    attributes: &[Meta],
    place: &str,
    rust_name: &str,
    m: &mut Mistakes<'_>,
) -> (String, Option<String>) {
    let (mut name, mut was) = (None, None);
    for term in schema_terms(attributes, m) {
        let slot = match term.word() {
            Some("name") => &mut name,
            Some("was") => &mut was,
            _ => {
                m.unknown(&term, place, &["name", "was"]);
                continue;
            }
        };
        let value = m.text(&term);
        m.once(slot, &term, value);
    }
    (name.map_or_else(|| snake_case(rust_name), |name| name.value), was.map(|was| was.value))
}

impl EnumModel {
    /// The type of a column of it, in the engine's own words.
    pub(super) fn sql(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => "TEXT".to_string(),
            Dialect::Postgres => self.ty.name.clone(),
            Dialect::Mysql => {
                let quoted = |value: &EnumValue| format!("'{}'", value.name.replace('\'', "''"));
                let values: Vec<String> = self.ty.values.iter().map(quoted).collect();
                format!("ENUM({})", values.join(","))
            }
        }
    }

    /// The values that a column of it carries itself, for the engine has no such type.
    pub(super) fn values(&self, dialect: Dialect) -> Option<EnumType> {
        (dialect != Dialect::Postgres).then(|| self.ty.clone())
    }
}
