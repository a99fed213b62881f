//! Up and down, written from schemas alone.

use schema_build::schema::Schema;

use crate::database::scratch::Error;
use crate::dialect::script::Script;
use crate::dialect::{Dialect, Paper};
use crate::generate::migration::{self, Migration};
use crate::generate::share::Share;
use crate::operation::{Operation, apply, reversed};

/// Writes the migrations for these operations on this schema; `is_beside`: indexes are built while others write.
pub(in crate::generate) fn write<D: Dialect>(
    dialect: &D,
    operations: Vec<Operation>,
    current: &Schema,
    is_beside: bool,
) -> Result<Vec<Migration>, Error> {
    let operations = migration::prepared(dialect, operations, current);
    let catalogue = dialect.imagined(current).filter(|_| is_beside);
    let mut now = current.clone();
    let mut migrations = Vec::new();
    for (share, operations) in migration::shares(dialect, operations, catalogue.as_ref()) {
        let (up, mut stages) = way(dialect, now, &operations, (share, None))?;
        let after = stages.pop().expect("the schema after the last stage");
        stages.reverse();
        let (down, _) = way(dialect, after.clone(), &reversed(&operations), (share, Some(&stages)))?;
        migrations.push(Migration { share, operations, up, down });
        now = after;
    }
    Ok(migrations)
}

/// One way, and the schemas before each stage and after the last.
fn way<D: Dialect>(
    dialect: &D,
    mut now: Schema,
    operations: &[Operation],
    (share, like): (Share, Option<&[Schema]>),
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
    let script = match share.is_outside() {
        true => dialect.on_paper_outside(&stages)?,
        false => dialect.on_paper(&stages)?,
    };
    Ok((script, schemas))
}
