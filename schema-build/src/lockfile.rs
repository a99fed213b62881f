//! `schema.lock`: a checksum per revision, sorted, one line each, so that two branches merge without a conflict
//! unless they really conflict. Generated; needed to notice edits, never to run.
