//! One revision for many: `span` says which ones can be one, `scripts` writes it and proves that it does what they did.
//! Changes nothing on disk.

pub(crate) mod scripts;
pub(crate) mod span;
