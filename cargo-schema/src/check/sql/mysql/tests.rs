//! What MySQL's and MariaDB's statements are read as.
