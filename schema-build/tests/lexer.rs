//! The lexer's properties over scripts that are stirred together from everything that ever confused one.

mod properties;

use std::time::{Duration, Instant};

use schema_build::checksum::checksum;
use schema_runtime::dialect::Dialect;

/// What is stirred. Openers without their ends, ends without openers, and words that mean something somewhere.
const FRAGMENTS: &[&str] = &[
    "'",
    "''",
    "'a'",
    "\"",
    "\"b\"",
    "`",
    "`c`",
    "[",
    "]",
    "[d]",
    "E'",
    "N'e'",
    "X'00'",
    "U&'",
    "U&\"",
    "_utf8'",
    "\\",
    "$$",
    "$a$",
    "$1",
    "$",
    "--",
    "-- f\n",
    "--\r",
    "#",
    "/*",
    "*/",
    "/*!",
    "/*!50003 ",
    "/*M!100100 ",
    "/*+ g */",
    "/",
    "*",
    "-",
    ";",
    ";;",
    "; ",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\0",
    "(",
    ")",
    ",",
    ".",
    ":",
    "=",
    "@",
    "<",
    "é",
    "\u{1f600}",
    "\u{a0}",
    "DELIMITER ",
    "DELIMITER //\n",
    "\nDELIMITER $$\n",
    "\ndelimiter ;\n",
    "DELIMITER éé\n",
    "//",
    "$$",
    "éé",
    "BEGIN ",
    "begin;",
    "BEGIN ATOMIC ",
    "BEGIN NOT ATOMIC ",
    "END",
    "END;",
    "END IF;",
    "END CASE;",
    "CASE ",
    "IF ",
    "THEN ",
    "ELSE ",
    "LOOP ",
    "WHILE ",
    "DO ",
    "REPEAT ",
    "FOR ",
    "UNTIL ",
    "CREATE ",
    "TEMP ",
    "OR REPLACE ",
    "DEFINER=a@b ",
    "TRIGGER t ",
    "FUNCTION f() ",
    "PROCEDURE p() ",
    "EVENT e ",
    "PACKAGE BODY p ",
    "RULE r ",
    "TABLE t ",
    "FOR EACH ROW ",
    "FOLLOWS `x` ",
    "RETURNS INT ",
    "RETURN ",
    "AS ",
    "IS ",
    "DECLARE ",
    "HANDLER ",
    "lbl: ",
    "SELECT 1",
    "a",
    "b ",
    "1.5",
    "COPY t FROM stdin;",
    "\n\\.\n",
    "DROP TABLE t;",
    "ALTER TABLE u RENAME TO t;",
    "PRAGMA foreign_keys=off;",
    "PRAGMA ",
    "COMMIT",
    "ROLLBACK TO s",
    "START TRANSACTION",
    "VACUUM",
    "REINDEX ",
    "CLUSTER ",
    "CONCURRENTLY ",
    "INDEX ",
    "ALTER ",
];

const SCRIPTS: usize = 20_000;

/// Xorshift: the same scripts on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 32).expect("32 bits fit") % limit
    }

    fn script(&mut self) -> String {
        let length = 1 + self.below(24);
        (0..length).map(|_| FRAGMENTS[self.below(FRAGMENTS.len())]).collect()
    }
}

#[test]
fn properties_hold_for_scripts_stirred_from_fragments() {
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    for _ in 0..SCRIPTS {
        let script = random.script();
        let outcome = std::panic::catch_unwind(|| properties::check_all(&script));
        assert!(outcome.is_ok(), "this script breaks it: {script:?}");
    }
}

/// What is quadratic needs minutes for this; what is linear, milliseconds.
#[test]
fn long_scripts_of_one_fragment_take_no_longer_than_others() {
    for fragment in FRAGMENTS {
        let script = fragment.repeat((1 << 17) / fragment.len());
        for dialect in Dialect::ALL {
            let start = Instant::now();
            checksum(&script, dialect);
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{dialect}: {fragment:?} took {:?}",
                start.elapsed()
            );
        }
    }
}
