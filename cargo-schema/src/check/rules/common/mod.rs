//! What is as true of one engine as of the others.

rules! {
    allow_without_reason,
    drop_table,
    unreadable_sql,
    unused_allow,
}
