//! Words as numbers: up to 16 bytes of a word, case folded, in one `u128`. Comparing a word with forty keywords is
//! then a `match` on integers, which is fast even in a build script that was compiled without optimisation.

/// A word that is compared without regard to case. Zero stands for everything that is no keyword: longer words,
/// quoted identifiers, symbols.
pub(super) type Key = u128;

/// Packs a word. Setting bit 5 folds letters, leaves digits alone and maps no other word byte to a letter.
pub(super) const fn key(word: &[u8]) -> Key {
    if word.len() > 16 {
        return 0;
    }
    let mut packed = 0;
    let mut at = 0;
    while at < word.len() {
        packed = packed << 8 | (word[at] | 0x20) as Key;
        at += 1;
    }
    packed
}

macro_rules! keywords {
    ($($name:ident)*) => { $(pub(super) const $name: Key = key(stringify!($name).as_bytes());)* };
}

keywords! {
    ABORT AGGREGATE ALL ALTER ANALYZE AS ATOMIC BEGIN CALL CASE CLUSTER COMMIT CONCURRENTLY COPY CREATE
    DATABASE DECLARE DEFINER DELETE DELIMITER DETACH DISCARD DO DROP ELSE END EVENT EXECUTE EXPLAIN FALSE
    FOLLOWS FOR FOREIGN_KEYS FROM FUNCTION HANDLER IF INDEX INSERT IS JOURNAL_MODE LOOP OFF ON OR PACKAGE
    PRAGMA PRECEDES PREPARE PLAN PREPARED QUERY PROCEDURE PUBLICATION REINDEX RENAME REPEAT REPLACE RETURN RETURNS
    ROLLBACK ROW RULE SCHEMA SELECT SET SHOW SIGNAL START STDIN SUBSCRIPTION SYNCHRONOUS SYSTEM TABLE
    TABLESPACE TEMP TEMPORARY THEN TO TRANSACTION TRIGGER TRUE TRUNCATE UNIQUE UPDATE VACUUM VALUES
    VERBOSE VIEW WAL_CHECKPOINT WHILE WITH WORK
}
