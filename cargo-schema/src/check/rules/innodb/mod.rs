//! What InnoDB has to do for a change of a table that is in use: nothing but a note in the dictionary, an index built
//! while programs write, the table written anew, or a copy during which nobody writes. All of it was measured on
//! MariaDB 10.11, by what `ALGORITHM=` and `LOCK=NONE` are refused for. MySQL 8 was never asked; where its manual says
//! something else, the rules say so.
//!
//! `work` says which of these a change needs, `conversion` what becomes of values, `text` and `room` how large they are,
//! `parts` finds what statements hold.

mod conversion;
mod parts;
mod room;
mod text;
mod work;

pub(super) use conversion::{Conversion, conversion};
pub(super) use parts::{columns, constraints, is_guarded, redefinition, type_text};
pub(super) use room::{is_kept_by_innodb, is_long, key_bytes, row_bytes};
pub(super) use text::{charset, is_text, width};
pub(super) use work::{
    Work, alter, changes, checks_keys, is_computed, is_transactional, locking_index, needed, needs,
    promises_online, report, value, waits,
};
