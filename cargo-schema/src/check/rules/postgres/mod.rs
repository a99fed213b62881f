//! What only PostgreSQL does.

rules! {
    index_not_concurrent,
}
