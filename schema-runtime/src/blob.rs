//! The embedded form of a history: one block of bytes that a build script writes and a binary carries.
//! Both directions live here, so that they cannot drift apart.
