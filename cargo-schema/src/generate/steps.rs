//! What is claimed of several migrations, each of which leads somewhere on the way to the models. Pure.

use schema_build::config::Unmodelled;
use schema_build::schema::Schema;

use super::migration::Migration;
use super::prove::Claim;
use crate::dialect::Dialect;
use crate::difference::Answers;
use crate::operation::apply;

/// Several migrations one behind the other, and what each is to lead to.
pub(super) struct Steps<'a, D> {
    dialect: &'a D,
    migrations: &'a [Migration],
    desired: Vec<Schema>,
    /// Of all but the last, which is held against the models: nothing is left to models there.
    between: Answers,
    answers: &'a Answers,
}

impl<'a, D: Dialect> Steps<'a, D> {
    /// From the schema that is there to the one that the models want.
    pub(super) fn new(
        dialect: &'a D,
        migrations: &'a [Migration],
        current: &Schema,
        (wanted, answers): (Schema, &'a Answers),
    ) -> Self {
        let mut desired: Vec<Schema> = Vec::new();
        for migration in &migrations[..migrations.len().saturating_sub(1)] {
            let before = desired.last().unwrap_or(current);
            desired.push(apply::after(dialect, before, &migration.operations));
        }
        desired.push(wanted);
        let between = Answers { unmodelled: Some(Unmodelled::Drop), ..answers.clone() };
        Self { dialect, migrations, desired, between, answers }
    }

    pub(super) fn claims(&self) -> Vec<Claim<'_, D>> {
        let last = self.migrations.len() - 1;
        let pairs = self.migrations.iter().zip(&self.desired).enumerate();
        pairs
            .map(|(position, (migration, desired))| {
                let answers = if position == last { self.answers } else { &self.between };
                Claim { dialect: self.dialect, migration, desired, answers }
            })
            .collect()
    }
}
