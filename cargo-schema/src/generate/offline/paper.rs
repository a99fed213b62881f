//! Up and down, written from schemas alone.

use schema_build::schema::Schema;

use crate::database::scratch::Error;
use crate::dialect::script::Script;
use crate::dialect::{Dialect, Paper};
use crate::generate::migration::{self, Migration};
use crate::operation::{Operation, apply, reversed};

/// Writes the migration for these operations on this schema.
pub(in crate::generate) fn write<D: Dialect>(
    dialect: &D,
    operations: Vec<Operation>,
    current: &Schema,
) -> Result<Migration, Error> {
    let operations = migration::prepared(dialect, operations, current);
    let (up, mut stages) = way(dialect, current.clone(), &operations, None)?;
    let after = stages.pop().expect("the schema after the last stage");
    stages.reverse();
    let (down, _) = way(dialect, after, &reversed(&operations), Some(&stages))?;
    Ok(Migration { operations, up, down })
}

/// One way, and the schemas before each stage and after the last.
fn way<D: Dialect>(
    dialect: &D,
    mut now: Schema,
    operations: &[Operation],
    like: Option<&[Schema]>,
) -> Result<(Script, Vec<Schema>), Error> {
    let imagined = |schema: &Schema| {
        let missing = || Error::new("write the change", "it takes a database");
        dialect.imagined(schema).ok_or_else(missing)
    };
    let (mut schemas, mut stages) = (Vec::new(), Vec::new());
    let runs = operations.chunk_by(|left, right| left.is_rename() == right.is_rename());
    for (position, operations) in runs.enumerate() {
        let like = like.and_then(|like| like.get(position)).map(imagined).transpose()?;
        stages.push(Paper { before: imagined(&now)?, like, operations });
        let after = apply::after(dialect, &now, operations);
        schemas.push(std::mem::replace(&mut now, after));
    }
    schemas.push(now);
    Ok((dialect.on_paper(&stages)?, schemas))
}
