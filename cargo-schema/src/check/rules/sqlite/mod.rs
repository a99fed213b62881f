//! What only SQLite does.

rules! {}
