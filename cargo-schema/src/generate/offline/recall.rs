//! How the engine spells what people wrote, known from the last time that it was asked. schema.lock holds both: what
//! the models said, and what the engine made of it. What is still said as it was is what the engine has; what is said
//! otherwise is new, and stays in people's words. Pure.

use schema_build::schema::{Check, Column, Index, IndexItem, Knowledge, Schema, Table};

use crate::dialect::Dialect;
use crate::dialect::spelling::{Spelling, of_table};
use crate::operation::apply::follow_renames;

/// Spells what is wanted as the engine does. The error is a table of which nobody can say how that would be.
pub(super) fn recall<D: Dialect>(
    dialect: &D,
    desired: &mut Schema,
    said: &Schema,
    current: &Schema,
) -> Result<Spelling, String> {
    let (mut said, mut current) = (said.clone(), current.clone());
    for schema in [&mut *desired, &mut said, &mut current] {
        dialect.normalize(schema);
    }
    let mut spelling = Spelling::default();
    for (name, table) in &mut desired.tables {
        let Some((was, there)) = counterpart(dialect, &current, name, table) else { continue };
        let Some(said) = find(dialect, &said, was) else {
            match table.knowledge == Knowledge::Whole && !is_spelled(dialect, table, there) {
                true => return Err(name.clone()),
                false => continue,
            }
        };
        let (mut said, mut there) = (said.clone(), there.clone());
        follow_renames(dialect, table, &mut said);
        follow_renames(dialect, table, &mut there);
        let mut memory = Memory { dialect, said: &said, there: &there, spelling: &mut spelling };
        memory.respell(table).ok_or_else(|| name.clone())?;
    }
    Ok(spelling)
}

/// The table that a description is about, by its name of now or of before.
fn counterpart<'s, D: Dialect>(
    dialect: &D,
    current: &'s Schema,
    name: &'s str,
    table: &'s Table,
) -> Option<(&'s str, &'s Table)> {
    let old = || table.was.as_deref().and_then(|was| Some((was, find(dialect, current, was)?)));
    find(dialect, current, name).map(|there| (name, there)).or_else(old)
}

fn find<'s, D: Dialect>(dialect: &D, schema: &'s Schema, name: &str) -> Option<&'s Table> {
    schema.tables.iter().find(|(other, _)| dialect.is_same(other, name)).map(|(_, table)| table)
}

/// Whether every expression is one that the engine has, in the engine's words.
fn is_spelled<D: Dialect>(dialect: &D, table: &Table, there: &Table) -> bool {
    let expressions = |table: &Table| {
        let mut found = Vec::new();
        of_table(&mut table.clone(), &mut |sql: &mut String| found.push(dialect.expression(sql)));
        found
    };
    let known = expressions(there);
    expressions(table).iter().all(|sql| known.contains(sql))
}

/// One table as the models said it and as the engine has it.
struct Memory<'m, D> {
    dialect: &'m D,
    said: &'m Table,
    there: &'m Table,
    spelling: &'m mut Spelling,
}

impl<D: Dialect> Memory<'_, D> {
    /// `None`: it cannot be told which is which.
    fn respell(&mut self, table: &mut Table) -> Option<()> {
        for column in &mut table.columns {
            self.column(column);
        }
        if table.primary_key == self.said.primary_key {
            table.primary_key.clone_from(&self.there.primary_key);
        }
        if table.options == self.said.options {
            table.options.clone_from(&self.there.options);
        }
        self.checks(&mut table.checks)?;
        self.indexes(&mut table.indexes)
    }

    fn column(&mut self, column: &mut Column) {
        let is_it = |it: &&Column| self.dialect.is_same(&it.name, &column.name);
        let said = self.said.columns.iter().find(is_it);
        let there = self.there.columns.iter().find(is_it);
        let (Some(said), Some(there)) = (said, there) else { return };
        if column.ty == said.ty {
            column.ty.clone_from(&there.ty);
        }
        if column.collation == said.collation {
            column.collation.clone_from(&there.collation);
        }
        if column.is_nullable == said.is_nullable {
            column.is_nullable = there.is_nullable;
        }
        let is_same =
            |left: &str, right: &str| self.dialect.expression(left) == self.dialect.expression(right);
        match (&mut column.default, &said.default) {
            (Some(now), Some(then)) if is_same(now, then) => match &there.default {
                Some(spelled) => self.spelling.respell(now, spelled.clone()),
                None => column.default = None,
            },
            (None, None) => column.default.clone_from(&there.default),
            _ => {}
        }
        if let (Some(now), Some(then), Some(spelled)) =
            (&mut column.generated, &said.generated, &there.generated)
            && is_same(&now.expression, &then.expression)
            && now.is_stored == then.is_stored
        {
            self.spelling.respell(&mut now.expression, spelled.expression.clone());
            now.is_stored = spelled.is_stored;
        }
    }

    fn checks(&mut self, checks: &mut [Check]) -> Option<()> {
        let dialect = self.dialect;
        let text = |check: &Check| dialect.expression(&check.expression);
        let texts: Vec<String> = checks.iter().map(text).collect();
        let pairs = Pairing {
            name: |check: &Check| check.name.as_ref().map(|name| dialect.fold(name)),
            definition: text,
            likeness: |check: &Check| self.mentioned(&check.expression),
        }
        .pairs(&self.said.checks, &self.there.checks, &texts)?;
        for check in checks {
            let pair = pairs.iter().find(|(said, _)| text(said) == text(check));
            if let Some((_, there)) = pair {
                self.spelling.respell(&mut check.expression, there.expression.clone());
            }
        }
        Some(())
    }

    fn indexes(&mut self, indexes: &mut [Index]) -> Option<()> {
        let texts: Vec<String> = indexes.iter().map(|index| self.definition(index)).collect();
        let pairs = Pairing {
            name: |index: &Index| index.name.as_ref().map(|name| self.dialect.fold(name)),
            definition: |index: &Index| self.definition(index),
            likeness: |index: &Index| self.likeness(index),
        }
        .pairs(&self.said.indexes, &self.there.indexes, &texts)?;
        for (index, text) in indexes.iter_mut().zip(&texts) {
            let pair = pairs.iter().find(|(said, _)| self.definition(said) == *text);
            if let Some((_, there)) = pair {
                index.method.clone_from(&there.method);
                respell_index(index, there, self.spelling);
            }
        }
        Some(())
    }

    /// The columns that an expression mentions.
    fn mentioned(&self, sql: &str) -> String {
        let names = self.there.columns.iter().map(|column| &column.name);
        names
            .filter(|name| self.dialect.rename_column(sql, name, "\u{1}") != sql)
            .map(|name| self.dialect.fold(name))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn definition(&self, index: &Index) -> String {
        let plain = |sql: &str| self.dialect.expression(sql);
        self.described(index, &plain)
    }

    fn likeness(&self, index: &Index) -> String {
        let plain = |sql: &str| self.mentioned(sql);
        self.described(index, &plain)
    }

    /// An index in one line, its expressions in these words.
    fn described(&self, index: &Index, words: &dyn Fn(&str) -> String) -> String {
        let item = |item: &IndexItem| match item {
            IndexItem::Column { name, is_descending, .. } => {
                format!("{}{}", self.dialect.fold(name), if *is_descending { " desc" } else { "" })
            }
            IndexItem::Sql(sql) => format!("({})", words(sql)),
        };
        let items: Vec<String> = index.items.iter().map(item).collect();
        let condition = index.condition.as_ref().map(|sql| words(sql));
        let include: Vec<String> = index.include.iter().map(|name| self.dialect.fold(name)).collect();
        format!("{} {:?} {items:?} {condition:?} {include:?}", index.is_unique, index.method)
    }
}

fn respell_index(index: &mut Index, there: &Index, spelling: &mut Spelling) {
    if let (Some(now), Some(spelled)) = (&mut index.condition, &there.condition) {
        spelling.respell(now, spelled.clone());
    }
    for (now, spelled) in index.items.iter_mut().zip(&there.items) {
        match (&mut *now, spelled) {
            (IndexItem::Sql(now), IndexItem::Sql(spelled)) => spelling.respell(now, spelled.clone()),
            (IndexItem::Sql(_), IndexItem::Column { .. }) => *now = spelled.clone(),
            (IndexItem::Column { .. }, _) => {}
        }
    }
}

/// Which of the things that the models said is which of the engine's.
struct Pairing<N, T, L> {
    name: N,
    /// All of it.
    definition: T,
    /// What an engine leaves as it is.
    likeness: L,
}

impl<N, T, L> Pairing<N, T, L> {
    /// `still` are the definitions that the models have now. `None`: of several that are alike one was changed, and
    /// nobody can say which of the engine's that is.
    fn pairs<'p, I>(self, said: &'p [I], there: &'p [I], still: &[String]) -> Option<Vec<(&'p I, &'p I)>>
    where
        N: Fn(&I) -> Option<String>,
        T: Fn(&I) -> String,
        L: Fn(&I) -> String,
    {
        let mut left: Vec<&I> = there.iter().collect();
        let mut pairs = Vec::new();
        let mut open: Vec<&I> = Vec::new();
        let mut take = |said: &'p I, is_it: &dyn Fn(&I) -> bool, left: &mut Vec<&'p I>| {
            let place = left.iter().position(|there| is_it(there))?;
            pairs.push((said, left.remove(place)));
            Some(())
        };
        for said in said {
            let name = (self.name)(said);
            let is_named = |there: &I| name.is_some() && (self.name)(there) == name;
            if take(said, &is_named, &mut left).is_none() {
                open.push(said);
            }
        }
        let mut unlike = Vec::new();
        for said in open {
            let definition = (self.definition)(said);
            if take(said, &|there: &I| (self.definition)(there) == definition, &mut left).is_none() {
                unlike.push(said);
            }
        }
        for said in &unlike {
            let likeness = (self.likeness)(said);
            let rivals: Vec<&&I> = unlike.iter().filter(|other| (self.likeness)(other) == likeness).collect();
            let theirs = left.iter().filter(|there| (self.likeness)(there) == likeness).count();
            let are_still = rivals.iter().all(|rival| still.contains(&(self.definition)(rival)));
            let is_clear = rivals.len() == 1 && theirs == 1 || are_still && theirs > 0;
            if !is_clear {
                return None;
            }
            take(said, &|there: &I| (self.likeness)(there) == likeness, &mut left)?;
        }
        Some(pairs)
    }
}
