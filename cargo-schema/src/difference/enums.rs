//! Enums: types of their own, and lists of values that a column may have.

use schema_build::schema::{Column, ColumnType, EnumType, EnumValue, Table};

use super::{Comparison, Folded, Question, Subject};
use crate::dialect::Dialect;
use crate::dialect::spelling::of_table;
use crate::operation::Operation;

impl<D: Dialect> Comparison<'_, D> {
    /// Enum types of their own. One that nobody names goes where models are the whole truth, and no column uses it.
    pub(super) fn enum_types(&mut self, desired: &Folded, current: &mut Folded, unmodelled_go: bool) {
        let (desired_enums, mut gone) = (&desired.schema.enums, current.schema.enums.clone());
        for (name, ty) in desired_enums {
            let old = ty.was.clone().filter(|was| gone.contains_key(was) && !desired_enums.contains_key(was));
            let before = gone.remove(name).or_else(|| {
                let before = gone.remove(&old.clone()?)?;
                self.push(Operation::RenameEnum { from: old.clone()?, to: name.clone() });
                rename_type(self.dialect, current, &old.clone()?, name);
                Some(before)
            });
            match before {
                None => self.push(Operation::CreateEnum { ty: ty.clone() }),
                Some(before) => self.enum_type(ty, &before),
            }
        }
        for ty in gone.into_values() {
            if self.is_dropped(&ty.name) || unmodelled_go && !is_used(desired, &ty.name) {
                self.push(Operation::DropEnum { ty });
            }
        }
    }

    fn enum_type(&mut self, desired: &EnumType, before: &EnumType) {
        if names(desired) != names(before) {
            let recode = self.recode(&desired.name, desired, before);
            let from = EnumType { name: desired.name.clone(), ..before.clone() };
            self.push(Operation::AlterEnum { from, to: desired.clone(), recode });
        }
    }

    /// Where an enum has no type of its own, a check holds its values: takes that check for what it is, on both sides.
    pub(super) fn pair_values(&mut self, desired: &mut Table, current: &mut Table) {
        for column in &mut current.columns {
            let wanted = desired.columns.iter().find(|wanted| self.is_same(&wanted.name, &column.name));
            if wanted.is_none_or(|wanted| wanted.values.is_none()) || column.values.is_some() {
                continue;
            }
            let values = |check: &schema_build::schema::Check| {
                self.dialect.values_of_check(&check.expression, &column.name)
            };
            let Some(position) = current.checks.iter().position(|check| values(check).is_some()) else {
                continue;
            };
            column.values = values(&current.checks.remove(position));
            // In a check the order of the values means nothing.
            let wanted = wanted.and_then(|wanted| wanted.values.as_ref());
            if let (Some(wanted), Some(there)) = (wanted, &mut column.values) {
                let place =
                    |value: &EnumValue| wanted.values.iter().position(|other| other.name == value.name);
                there.values.sort_by_key(|value| place(value).unwrap_or(usize::MAX));
            }
        }
    }

    /// The values of a column, and which of them got other names.
    pub(super) fn values(
        &mut self,
        to: &mut Column,
        desired: &Column,
        before: &Column,
    ) -> Vec<(String, String)> {
        let (Some(wanted), Some(there)) = (&desired.values, &before.values) else {
            to.values.clone_from(&desired.values);
            return Vec::new();
        };
        if names(wanted) == names(there) {
            return Vec::new();
        }
        to.values = Some(wanted.clone());
        self.recode(&wanted.name, wanted, there)
    }

    /// Which values got other names; asks where nobody can tell.
    fn recode(&mut self, ty: &str, desired: &EnumType, before: &EnumType) -> Vec<(String, String)> {
        let mut gone: Vec<&str> =
            names(before).into_iter().filter(|name| !names(desired).contains(name)).collect();
        let mut recode = Vec::new();
        let mut open = Vec::new();
        for value in desired.values.iter().filter(|value| !names(before).contains(&value.name.as_str())) {
            let position = gone.iter().position(|old| {
                value.was.as_deref() == Some(*old) || self.is_renamed(&format!("{ty}.{old}"), &value.name)
            });
            match position {
                Some(position) => recode.push((gone.remove(position).to_owned(), value.name.clone())),
                None => open.push(value),
            }
        }
        gone.retain(|old| !self.is_dropped(&format!("{ty}.{old}")));
        for new in open.into_iter().filter(|_| !gone.is_empty()) {
            let gone = gone.iter().map(|&name| name.to_owned()).collect();
            let subject = Subject::Value(ty.to_owned());
            self.found.questions.push(Question {
                subject,
                gone,
                new: new.name.clone(),
                detail: None,
                place: new.place.clone(),
                may_stay: false,
            });
        }
        recode
    }
}

/// The columns whose type this is, or an array of it.
fn is_of(column: &Column, name: &str) -> bool {
    let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &column.ty;
    ty.strip_suffix("[]").unwrap_or(ty) == name
}

fn is_used(schema: &Folded, name: &str) -> bool {
    schema.tables.values().any(|(_, table)| table.columns.iter().any(|column| is_of(column, name)))
}

/// The engine gives the columns of a type its new name by itself, and whatever mentions it.
fn rename_type<D: Dialect>(dialect: &D, schema: &mut Folded, from: &str, to: &str) {
    for (_, table) in schema.tables.values_mut() {
        for column in table.columns.iter_mut().filter(|column| is_of(column, from)) {
            let (ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. }) = &mut column.ty;
            *ty = format!("{to}{}", if ty.ends_with("[]") { "[]" } else { "" });
        }
        of_table(table, &mut |sql| *sql = dialect.rename_type(sql, from, to));
    }
}

fn names(ty: &EnumType) -> Vec<&str> {
    ty.values.iter().map(|value| value.name.as_str()).collect()
}
