//! A catalogue from no more than a schema, where there is no server to ask. Pure.

use schema_build::schema::{Schema, Table};

use super::catalogue::Catalogue;
use super::edit;
use super::name::fold;
use super::server::Server;

/// What a server would say of these tables, had they been made of nothing but what the schema says. Which server it
/// is nobody knows; what differs between them is refused where it is met.
pub(super) fn catalogue(schema: &Schema) -> Catalogue {
    let entry = |(name, table): (&String, &Table)| (fold(name), edit::created(name, table));
    Catalogue {
        server: Server { is_mariadb: false, has_explicit_timestamps: true },
        tables: schema.tables.iter().map(entry).collect(),
        views: schema.views.clone(),
        ..Catalogue::default()
    }
}
