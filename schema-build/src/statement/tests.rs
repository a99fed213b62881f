//! What the lexer promises, from literals. `check` is how a script is cut; `refused` is what is wrong with it.

use schema_runtime::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use schema_runtime::revision::StatementKind::{self, Ordinary, Outside, Transaction};

use super::{Kind, lex, read, tokens};

/// The script is cut into exactly these statements, and nothing is wrong with it.
#[track_caller]
fn check(dialect: Dialect, sql: &str, expected: &[&str]) {
    let lexed = lex(sql, dialect);
    assert_eq!(statements(dialect, sql), expected, "{dialect}: {sql}");
    assert_eq!(lexed.problems, [], "{dialect}: {sql}");
}

fn statements(dialect: Dialect, sql: &str) -> Vec<&str> {
    let lexed = lex(sql, dialect);
    lexed.statements.iter().map(|statement| &sql[statement.start as usize..statement.end as usize]).collect()
}

#[track_caller]
fn refused(dialect: Dialect, sql: &str, offset: usize, message: &str) {
    let problems = lex(sql, dialect).problems;
    let found: Vec<_> = problems.iter().map(|problem| (problem.offset, problem.message.as_str())).collect();
    assert_eq!(found, [(offset, message)], "{dialect}: {sql}");
}

#[track_caller]
fn kinds(dialect: Dialect, kind: StatementKind, statements: &[&str]) {
    for sql in statements {
        for sql in [sql.to_string(), format!("/* x */ {} ;", sql.to_lowercase())] {
            let lexed = lex(&sql, dialect);
            let found: Vec<_> = lexed.statements.iter().map(|statement| statement.kind).collect();
            assert_eq!(found, [kind], "{dialect}: {sql}");
        }
    }
}

#[test]
fn semicolons_end_statements_and_empty_ones_vanish() {
    for dialect in Dialect::ALL {
        check(dialect, "", &[]);
        check(dialect, " \r\n\t ;; ; ", &[]);
        check(dialect, "-- nothing\n/* at all */", &[]);
        check(dialect, "select 1", &["select 1"]);
        check(dialect, "\u{feff}select 1;\r\n;;select 2;", &["select 1", "select 2"]);
        check(dialect, "a;b;\u{e9};'\u{1f600};'", &["a", "b", "\u{e9}", "'\u{1f600};'"]);
    }
}

#[test]
fn comments_inside_are_kept_and_those_around_are_not() {
    for dialect in Dialect::ALL {
        check(dialect, "-- a; b\nselect /* ; */ 1 -- c;\n;-- d", &["select /* ; */ 1"]);
        check(dialect, "/* x */ a -- b;\n c /* y */;", &["a -- b;\n c"]);
    }
}

#[test]
fn strings_and_quoted_names_hold_semicolons() {
    for dialect in Dialect::ALL {
        check(dialect, "select 'a;''b;', \"c;\"\"d\"; e", &["select 'a;''b;', \"c;\"\"d\"", "e"]);
        check(dialect, "select x';'; e", &["select x';'", "e"]);
    }
    check(Sqlite, "select `a;``b`, [c;''d]; e", &["select `a;``b`, [c;''d]", "e"]);
    check(Mysql, "select `a;``b`; e", &["select `a;``b`", "e"]);
    check(Sqlite, r"select 'a\'; e", &[r"select 'a\'", "e"]);
    check(Postgres, r"select 'a\'; e", &[r"select 'a\'", "e"]);
    check(Mysql, r#"select 'a\';', "b\";"; e"#, &[r#"select 'a\';', "b\";""#, "e"]);
    check(Mysql, r"select _utf8mb4'a\';', N'\';'; e", &[r"select _utf8mb4'a\';', N'\';'", "e"]);
    check(
        Postgres,
        r"select E'a\';', U&'\;', n'\', B'1;'; e",
        &[r"select E'a\';', U&'\;', n'\', B'1;'", "e"],
    );
    check(Postgres, "select U&\"a;\" ; e", &["select U&\"a;\"", "e"]);
    check(Postgres, "select E'a'\n  'b\\';'; e", &["select E'a'\n  'b\\';'", "e"]);
    check(Postgres, "select name'x\\'; e", &["select name'x\\'", "e"]);
    check(Postgres, "select a[1;]; e", &["select a[1", "]", "e"]);
}

#[test]
fn dollar_quotes_are_postgres() {
    check(Postgres, "do $$ a; $ b; $$; e", &["do $$ a; $ b; $$", "e"]);
    check(Postgres, "do $x$ a; $$ b; $X$ $x$; e", &["do $x$ a; $$ b; $X$ $x$", "e"]);
    check(Postgres, "do $\u{e9}1$;$\u{e9}1$; e", &["do $\u{e9}1$;$\u{e9}1$", "e"]);
    check(Postgres, "select $1, a$b$, $2$; e$b$", &["select $1, a$b$, $2$", "e$b$"]);
    check(Sqlite, "select $$; e $$", &["select $$", "e $$"]);
}

#[test]
fn block_comments_nest_in_postgres_only() {
    check(Postgres, "a /* /* ; */ ; */ ; b", &["a", "b"]);
    check(Sqlite, "a /* /* ; */ b; c", &["a /* /* ; */ b", "c"]);
    check(Mysql, "a /* /* ; */ b; c", &["a /* /* ; */ b", "c"]);
    check(Sqlite, "a; /* to the end; ", &["a"]);
}

#[test]
fn line_comments_follow_each_engine() {
    check(Mysql, "select 5--1; b", &["select 5--1", "b"]);
    check(Mysql, "select 5-- 1; b\n; c --", &["select 5", "c"]);
    check(Mysql, "a # b; c\n; d", &["a", "d"]);
    check(Postgres, "select 1 # 2; b", &["select 1 # 2", "b"]);
    check(Postgres, "a -- b;\r c; d", &["a -- b;\r c", "d"]);
    check(Sqlite, "a -- b;\r c; d\n e", &["a -- b;\r c; d\n e"]);
}

#[test]
fn triggers_in_sqlite_end_behind_their_last_statement() {
    let trigger = "CREATE TEMP TRIGGER IF NOT EXISTS a AFTER UPDATE OF \"begin\" ON t WHEN new.end > 1 BEGIN
        UPDATE t SET x = CASE WHEN new.a THEN 1 ELSE 2 END, end = 3;
        SELECT CASE 1 WHEN 1 THEN RAISE(ABORT, '; END;') END; -- END;
        DELETE FROM t WHERE end; END";
    check(Sqlite, &format!("a;{trigger};\nselect 1"), &["a", trigger, "select 1"]);
    check(Sqlite, &format!("{trigger}\n -- that was it"), &[trigger]);
    check(
        Sqlite,
        &format!("explain query plan {trigger};b"),
        &[&format!("explain query plan {trigger}"), "b"],
    );
    check(Sqlite, "create trigger a on t; b", &["create trigger a on t", "b"]);
    check(Sqlite, "create table trigger(begin); b", &["create table trigger(begin)", "b"]);
    check(Sqlite, "drop trigger begin; b", &["drop trigger begin", "b"]);
    refused(Sqlite, "create trigger a on t begin select 1; b; end x;", 22, "this body is never closed");
}

#[test]
fn routines_in_postgres_may_have_bodies_without_quotes() {
    let atomic = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC
        SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END AS end; SELECT 2; END";
    check(Postgres, &format!("{atomic}; select 1"), &[atomic, "select 1"]);
    check(
        Postgres,
        "create function begin() returns int as 'x;' language sql; b",
        &["create function begin() returns int as 'x;' language sql", "b"],
    );
    check(
        Postgres,
        "create procedure p() as $$ begin; end $$; b",
        &["create procedure p() as $$ begin; end $$", "b"],
    );
    check(
        Postgres,
        "create rule r as on insert to t do also (a; b (c); d); e",
        &["create rule r as on insert to t do also (a; b (c); d)", "e"],
    );
    check(Postgres, "select (1; b", &["select (1", "b"]);
    refused(Postgres, "create function f() begin atomic select 1;", 20, "this body is never closed");
}

#[test]
fn programs_of_mysql_need_no_delimiter() {
    for program in [
        "CREATE PROCEDURE p() SELECT 1",
        "CREATE PROCEDURE IF NOT EXISTS p(IN a INT) COMMENT 'x;' NO SQL SET @a = IF(a, 1, 2)",
        "CREATE PROCEDURE p() DROP TABLE IF EXISTS t",
        "CREATE DEFINER=`root`@`%` PROCEDURE p() BEGIN END",
        "CREATE OR REPLACE DEFINER = root@localhost FUNCTION f() RETURNS SET('a;','b') BEGIN RETURN 1; END",
        "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a IS NULL",
        "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
        "CREATE PROCEDURE p() BEGIN BEGIN a; END; b; END",
        "CREATE PROCEDURE p() main: BEGIN IF a THEN LEAVE main; ELSEIF b THEN c; ELSE d; END IF; END main",
        "CREATE PROCEDURE p() BEGIN SELECT IF(a, b, c), REPEAT('x', 2) FROM t FOR UPDATE; END",
        "CREATE PROCEDURE p() BEGIN l: LOOP a; ITERATE l; END LOOP l; WHILE a DO b; END WHILE; END",
        "CREATE PROCEDURE p() BEGIN REPEAT a; UNTIL CASE WHEN 1 THEN 1 END END REPEAT; DO IF(a, b, c); END",
        "CREATE PROCEDURE p() BEGIN CASE a WHEN 1 THEN IF b THEN c; END IF; ELSE BEGIN END; END CASE; END",
        "CREATE PROCEDURE p() BEGIN SET a = CASE WHEN 1 THEN IF(a, b, c) ELSE IF(d, e, f) END; END",
        "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; a; END",
        "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR 1062 IF a THEN b; END IF; c; END",
        "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR 1062, NOT FOUND SET a = IF(b, c, d); e; END",
        "CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT 1; DECLARE CONTINUE HANDLER FOR NOT FOUND SET d = 1; END",
        "CREATE PROCEDURE p() BEGIN INSERT INTO t.end VALUES (1); DELETE FROM t; COMMIT; START TRANSACTION; END",
        "CREATE PROCEDURE p() IF a THEN b; END IF",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.x = CASE WHEN 1 THEN 2 END",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW FOLLOWS `b` BEGIN SET NEW.x = 1; END",
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW PRECEDES b IF NEW.x THEN SET NEW.y = 1; END IF",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN a; END",
        "ALTER DEFINER = a@b EVENT e DO BEGIN a; END",
        "CREATE EVENT e ON SCHEDULE AT x DO DELETE FROM t",
        "BEGIN NOT ATOMIC IF a THEN b; END IF; FOR i IN 1..10 DO c; END FOR; END",
        "IF a THEN b; ELSE c; END IF",
        "CREATE PROCEDURE p AS x INT; BEGIN x := IF(a, b, c); END",
        "CREATE FUNCTION f(a INT) RETURN INT IS x INT; BEGIN RETURN a; END f",
        "DECLARE x INT; BEGIN a; END",
        "CREATE PACKAGE p AS PROCEDURE a(b INT); FUNCTION c RETURN INT; END",
        "CREATE PACKAGE BODY p AS x INT; PROCEDURE a AS y INT; BEGIN b; END; BEGIN c; END",
        "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN a; END */",
    ] {
        for program in [program.to_string(), program.to_lowercase()] {
            check(Mysql, &format!("a;{program};\nselect 1;"), &["a", &program, "select 1"]);
            check(
                Mysql,
                &format!("DELIMITER //\n{program}//\n{program};//\nDELIMITER ;\nb;c"),
                &[&program, &format!("{program};"), "b", "c"],
            );
        }
    }
    refused(Mysql, "create procedure p() begin if a then b; end;", 21, "this body is never closed");
}

#[test]
fn delimiter_lines_are_no_statements() {
    check(Mysql, "DELIMITER $$\nSELECT 1; END$$ a$$\n delimiter ;\nb; c", &["SELECT 1; END", "a", "b", "c"]);
    check(Mysql, "\u{feff}Delimiter |\r\na; '|' b|DELIMITER ;\r\nc", &["a; '|' b", "DELIMITER ;\r\nc"]);
    check(Mysql, "DELIMITER ;;\na; b;;\nDELIMITER ;\nc;", &["a; b", "c"]);
    check(Mysql, "select delimiter from t; delimiter", &["select delimiter from t", "delimiter"]);
    check(Mysql, "a\nDELIMITER go\nb; c go d", &["a", "b; c", "d"]);
    check(Postgres, "DELIMITER //\na; b", &["DELIMITER //\na", "b"]);
}

#[test]
fn conditional_comments_are_code() {
    check(Mysql, "/*!40101 SET a = '*/;' */; b", &["/*!40101 SET a = '*/;' */", "b"]);
    check(Mysql, "/*M!100100 SET a; /* x */ b */; c", &["/*M!100100 SET a; /* x */ b */", "c"]);
    check(Mysql, "select a */ b; c", &["select a */ b", "c"]);
    check(Sqlite, "/*! a; */ b", &["b"]);
    refused(Mysql, "a; /*!50003 b; c", 3, "this conditional comment is never closed");
}

#[test]
fn what_is_never_closed_is_a_problem_at_its_opener() {
    for dialect in Dialect::ALL {
        refused(dialect, "a; 'b; c", 3, "this string is never closed");
    }
    refused(Sqlite, "a \"b; c", 2, "this quoted identifier is never closed");
    refused(Sqlite, "a [b; c", 2, "this quoted identifier is never closed");
    refused(Mysql, "a \"b; c", 2, "this string is never closed");
    refused(Mysql, "a 'b\\", 2, "this string is never closed");
    refused(Postgres, "a $x$ b; $y$", 2, "this dollar-quoted string is never closed");
    refused(Postgres, "a /* /* */ b;", 2, "this comment is never closed");
    refused(Mysql, "a /* b;", 2, "this comment is never closed");
    refused(Sqlite, "a;\0b", 2, "this byte is NUL, at which the database stops reading");
    check(Mysql, "a\0b", &["a\0b"]);
}

#[test]
fn rows_behind_copy_are_refused_and_skipped() {
    let sql = "COPY t (a) FROM stdin WITH (FORMAT text);\n1\t'x;\n\\.\n\nselect 1; copy t from 'f'";
    assert_eq!(
        statements(Postgres, sql),
        ["COPY t (a) FROM stdin WITH (FORMAT text)", "select 1", "copy t from 'f'"]
    );
    refused(Postgres, sql, 0, "rows after `COPY .. FROM stdin` are not supported");
}

#[test]
fn statements_that_control_transactions_are_told_apart() {
    for dialect in Dialect::ALL {
        kinds(dialect, Transaction, &["BEGIN", "COMMIT", "ROLLBACK"]);
        kinds(dialect, Ordinary, &["SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "CREATE TABLE t (a INT)"]);
    }
    kinds(Sqlite, Transaction, &["BEGIN IMMEDIATE", "END TRANSACTION", "ROLLBACK TRANSACTION"]);
    kinds(Sqlite, Ordinary, &["ROLLBACK TRANSACTION TO SAVEPOINT a", "START TRANSACTION"]);
    kinds(
        Postgres,
        Transaction,
        &["BEGIN WORK", "START TRANSACTION", "END", "ABORT", "PREPARE TRANSACTION 'x'"],
    );
    kinds(Postgres, Ordinary, &["PREPARE x AS SELECT 1", "ROLLBACK WORK TO SAVEPOINT a"]);
    kinds(Mysql, Transaction, &["BEGIN WORK", "START TRANSACTION READ ONLY", "/*!40000 COMMIT */"]);
    kinds(Mysql, Ordinary, &["START SLAVE", "BEGIN NOT ATOMIC SELECT 1; END", "SET autocommit = 0"]);
}

#[test]
fn statements_that_refuse_a_transaction_are_told_apart() {
    kinds(Sqlite, Outside, &["VACUUM", "VACUUM INTO 'x'", "DETACH x", "PRAGMA journal_mode = WAL"]);
    kinds(
        Sqlite,
        Outside,
        &["PRAGMA main.journal_mode(wal)", "PRAGMA synchronous=1", "PRAGMA wal_checkpoint(FULL)"],
    );
    kinds(
        Sqlite,
        Ordinary,
        &["ATTACH 'x' AS y", "PRAGMA journal_mode", "PRAGMA user_version = 1", "REINDEX", "PRAGMA"],
    );
    kinds(
        Postgres,
        Outside,
        &[
            "VACUUM FULL t",
            "CREATE INDEX CONCURRENTLY ON t (a)",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX SCHEMA s",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "CREATE DATABASE d",
            "DROP DATABASE d",
            "ALTER DATABASE d SET TABLESPACE s",
            "CREATE TABLESPACE s LOCATION '/x'",
            "DROP TABLESPACE s",
            "ALTER SYSTEM SET a = 1",
            "CLUSTER",
            "CLUSTER VERBOSE",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            "DROP SUBSCRIPTION s",
            "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
            "DISCARD ALL",
            "COMMIT PREPARED 'x'",
            "ROLLBACK PREPARED 'x'",
        ],
    );
    kinds(
        Postgres,
        Ordinary,
        &[
            "CREATE INDEX \"concurrently\" ON t (a)",
            "CREATE TABLE t (a INT)",
            "REINDEX TABLE t",
            "ALTER TABLE t DETACH PARTITION p",
            "ALTER TYPE t ADD VALUE 'x'",
            "ALTER DATABASE d SET work_mem = 1",
            "CLUSTER t",
            "DISCARD PLANS",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
            "ALTER SUBSCRIPTION s ENABLE",
            "TRUNCATE t",
            "CHECKPOINT",
        ],
    );
    kinds(Mysql, Ordinary, &["OPTIMIZE TABLE t", "CREATE DATABASE d"]);
}

#[test]
fn rebuilds_are_recognised() {
    let rebuild = "CREATE TABLE new_t (a); INSERT INTO new_t SELECT a FROM t;";
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "select 1; pragma /* x */ main.Foreign_Keys=0;",
        "PRAGMA foreign_keys('off')",
        "PRAGMA foreign_keys(no)",
        "PRAGMA foreign_keys = false",
        "DROP TABLE t; ALTER TABLE new_t RENAME TO t",
        "ALTER TABLE new_t RENAME TO \"T\"; DROP TABLE IF EXISTS main.[t]",
        "DROP TABLE `a``b`; ALTER TABLE main.\"x\" RENAME TO \"A`B\"",
        "DROP TABLE 't'; ALTER TABLE new_t RENAME /* y */ TO t",
    ] {
        assert!(lex(&format!("{rebuild}{sql}"), Sqlite).rebuilds, "{sql}");
        assert!(!lex(sql, Postgres).rebuilds && !lex(sql, Mysql).rebuilds, "{sql}");
    }
    for sql in [
        "",
        "PRAGMA foreign_keys",
        "PRAGMA foreign_keys = ON; PRAGMA foreign_keys(1); PRAGMA foreign_keys = 'yes'",
        "PRAGMA foreign_key_check",
        "-- PRAGMA foreign_keys = OFF",
        "SELECT 'PRAGMA foreign_keys = OFF'",
        "DROP TABLE t; ALTER TABLE new_t RENAME TO u",
        "DROP TABLE t; ALTER TABLE u RENAME COLUMN a TO t",
        "DROP VIEW t; ALTER TABLE u RENAME TO t",
        "DROP; ALTER; ALTER TABLE; ALTER TABLE t RENAME; DROP TABLE; DROP TABLE IF EXISTS; PRAGMA; PRAGMA main.",
    ] {
        assert!(!lex(&format!("{rebuild}{sql}"), Sqlite).rebuilds, "{sql}");
    }
}

#[test]
fn tokens_cover_all_that_is_no_white_space() {
    let sql = "\u{feff}SELECT /*+ x */ a.b, N'c' FROM `d` -- e\n;DELIMITER //\nf//";
    let found: Vec<_> = tokens(sql, Mysql).map(|token| (token.kind, &sql[token.range()])).collect();
    assert_eq!(
        found,
        [
            (Kind::Word, "SELECT"),
            (Kind::Hint, "/*+ x */"),
            (Kind::Word, "a"),
            (Kind::Symbol, "."),
            (Kind::Word, "b"),
            (Kind::Symbol, ","),
            (Kind::String, "N'c'"),
            (Kind::Word, "FROM"),
            (Kind::Quoted, "`d`"),
            (Kind::Comment, "-- e"),
            (Kind::Semicolon, ";"),
            (Kind::Word, "DELIMITER"),
            (Kind::Symbol, "/"),
            (Kind::Symbol, "/"),
            (Kind::Word, "f"),
            (Kind::Symbol, "/"),
            (Kind::Symbol, "/"),
        ]
    );
}

#[test]
fn one_pass_gives_what_two_give() {
    for dialect in Dialect::ALL {
        let sql = "create table t (a); -- b\n insert into t values ('c');";
        assert_eq!(read(sql, dialect), (lex(sql, dialect), crate::checksum::checksum(sql, dialect)));
    }
}
