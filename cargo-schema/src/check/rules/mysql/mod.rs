//! What only MySQL and MariaDB do.

rules! {}
