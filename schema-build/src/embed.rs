//! The build script's whole work: validate, tell cargo what was found and what to watch, write the blob and the
//! module that `schema_runtime::embedded!` includes.

/// Validates the package's migrations and embeds them; a broken history fails the build with all its findings.
pub fn embed() {
    todo!()
}
