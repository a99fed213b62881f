//! What MySQL's and MariaDB's statements are read as.

use super::super::act::{Act, ActionKind};
use super::super::part::ConstraintKind;
use super::super::{Placed, Reading};

fn acts(sql: &str) -> Vec<Placed> {
    match super::read(sql, 0) {
        Reading::Acts(acts) => acts,
        Reading::Unreadable(span, message) => panic!("{message} at {:?} of {sql}", &sql[span]),
    }
}

fn actions(sql: &str) -> Vec<(ActionKind, String)> {
    let Some(Placed { act: Act::AlterTable(alter), .. }) = acts(sql).into_iter().next() else {
        panic!("{sql}")
    };
    alter.actions.into_iter().map(|action| (action.kind, sql[action.span].to_owned())).collect()
}

#[test]
fn every_change_of_a_table_has_its_own_place() {
    let sql = "ALTER ONLINE TABLE `Shop`.t\n  ADD (a int, b enum('x, y', 'z') NOT NULL DEFAULT 'z'),\n  CHANGE `Old` new bigint(20) unsigned COMMENT 'it''s, \"so\"' AFTER a, DROP KEY k, LOCK = NONE";
    let found = actions(sql);
    let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
    let change = "CHANGE `Old` new bigint(20) unsigned COMMENT 'it''s, \"so\"' AFTER a";
    assert_eq!(texts, ["a int", "b enum('x, y', 'z') NOT NULL DEFAULT 'z'", change, change, "DROP KEY k"]);
    let ActionKind::RedefineColumn { column, definition } = &found[2].0 else { panic!() };
    assert_eq!((column.as_str(), definition.comment.as_deref()), ("old", Some("it's, \"so\"")));
    assert_eq!(definition.ty.as_ref().expect("a type").modifiers, ["unsigned"]);
    let Act::AlterTable(alter) = &acts(sql)[0].act else { panic!() };
    assert_eq!(
        (alter.table.to_string(), alter.options.join(" ")),
        ("Shop.t".into(), "lock=none lock=none".into())
    );
}

#[test]
fn a_table_is_read_to_its_last_option() {
    let sql = "CREATE TABLE t (id SERIAL, v varchar(10) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT (concat('a', 'b')),
        g int AS (id + 1) STORED, at datetime(6) DEFAULT now(6) ON UPDATE now(6), UNIQUE KEY u (v(5) DESC),
        CONSTRAINT fk FOREIGN KEY (g) REFERENCES o (id) ON DELETE CASCADE, CHECK (g IS NOT NULL AND id > 0)
      ) ENGINE InnoDB, DEFAULT CHARSET=utf8mb4 COMMENT='a, b' PARTITION BY HASH (id) PARTITIONS 4";
    let Act::CreateTable(create) = &acts(sql)[0].act else { panic!() };
    assert_eq!(create.options, ["engine=innodb", "charset=utf8mb4", "comment=a, b"]);
    assert!(create.is_partitioned && create.columns[0].is_numbered && create.columns[0].not_null);
    assert_eq!(create.columns[1].charset.as_deref(), Some("latin1"));
    assert_eq!(create.columns[3].on_update.as_ref().expect("ON UPDATE").calls, ["now"]);
    assert_eq!(
        (create.indexes[0].items[0].text.as_str(), create.indexes[0].items[0].prefix),
        ("v(5) desc", Some(5))
    );
    let ConstraintKind::ForeignKey(key) = &create.constraints[0].kind else { panic!() };
    assert!(key.cascades && key.columns == ["g"]);
    let ConstraintKind::Check(check) = &create.constraints[1].kind else { panic!() };
    assert_eq!(check.proves_not_null, ["g"]);
}

#[test]
fn types_have_one_name() {
    let sql = "CREATE TABLE t (a INTEGER, b BOOL, c NUMERIC(5,2), d DOUBLE PRECISION, e CHARACTER VARYING(3), f INT8 ZEROFILL)";
    let Act::CreateTable(create) = &acts(sql)[0].act else { panic!() };
    let types = create.columns.iter().filter_map(|column| column.ty.as_ref());
    let names: Vec<String> = types.map(|ty| format!("{} {:?}", ty.name, ty.arguments)).collect();
    assert_eq!(names, ["int []", "tinyint [1]", "decimal [5, 2]", "double []", "varchar [3]", "bigint []"]);
}

#[test]
fn what_some_server_runs_is_read_and_nothing_else() {
    assert!(acts("/*!99999 DROP TABLE t */").is_empty() && acts("/*M!999999\\- sandbox */").is_empty());
    let found = acts(
        "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1 */",
    );
    assert!(matches!(&found[0].act, Act::CreateTrigger(trigger) if trigger.table.name == "t"));
    assert!(matches!(&found[1].act, Act::Definer(account) if account == "a"));
}

#[test]
fn statements_inside_others_have_their_own_place() {
    let sql = "BEGIN NOT ATOMIC\n  IF EXISTS (SELECT 1) THEN ALTER TABLE t DROP COLUMN a; ELSE DROP TABLE u; END IF;\nEND";
    let texts: Vec<String> = acts(sql).into_iter().map(|placed| sql[placed.span].to_owned()).collect();
    assert_eq!(texts, ["ALTER TABLE t DROP COLUMN a", "DROP TABLE u"]);
    let prepared = "PREPARE s FROM 'ALTER TABLE t DROP COLUMN a'";
    assert_eq!(actions(prepared)[0].1, "DROP COLUMN a");
    assert!(matches!(&acts("PREPARE s FROM @Sql")[0].act, Act::PrepareVariable(name) if name == "@sql"));
    assert!(matches!(acts("EXECUTE IMMEDIATE concat('DROP TABLE ', @t)")[0].act, Act::Dynamic));
}

#[test]
fn each_setting_is_one_act() {
    let found = acts("SET @@GLOBAL.max_connections = 5, SESSION sql_mode = '', @a := 'x'");
    let sets: Vec<String> = found
        .iter()
        .filter_map(|placed| match &placed.act {
            Act::Set(set) => Some(format!("{}={}", set.name, set.value.as_deref().unwrap_or_default())),
            _ => None,
        })
        .collect();
    assert_eq!(sets, ["global max_connections=5", "sql_mode=", "@a=x"]);
}

#[test]
fn what_cannot_be_read_says_where() {
    for (sql, at) in [
        ("ALTER TABLE t FROBNICATE", "FROBNICATE"),
        ("CRATE TABLE t (a int)", "CRATE"),
        ("CREATE TABLE t (a int NIT NULL)", "NIT"),
    ] {
        let Reading::Unreadable(span, _) = super::read(sql, 100) else { panic!("{sql}") };
        assert_eq!(&sql[span.start - 100..span.end - 100], at);
    }
}

/// Whatever is cut off or turned around, the reader answers.
#[test]
fn no_text_makes_it_panic() {
    let corpus = include_str!("../../../../../tests/corpus/mysql.sql");
    let words: Vec<&str> = corpus.split_inclusive([' ', '(', ')', ',', '\n', '\'']).collect();
    for start in (0..words.len()).step_by(7) {
        for length in [1, 3, 8, 21] {
            let text = words[start..(start + length).min(words.len())].concat();
            let _ = super::read(&text, 0);
        }
    }
}
