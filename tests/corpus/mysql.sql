-- Cases of SQL for MySQL and MariaDB with what MariaDB does. A test runs every one of them on the server, and `cargo schema check` over all.
-- How they are written: see postgres.sql. Here `fails` is followed by the number of the error, and `locks NONE TABLE` says that the last
-- statement is refused when it is told to let others write (`LOCK=NONE`). What is rewritten gets another number from InnoDB.
-- A harmless case runs, and InnoDB keeps every table that was there where it was.

=== hazard int-to-bigint: rewrites orders
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, n int);
---
ALTER TABLE orders MODIFY COLUMN n BIGINT; --!

=== hazard lower-case-odd-space: rewrites orders
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, n int);
---
alter   table
  `orders`
    modify	n   bigint   unsigned; --!

=== hazard change-same-name: rewrites orders
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, `order` int);
---
/* a comment */ ALTER TABLE orders CHANGE `order` `order` bigint; --!

=== hazard second-change-of-a-group: rewrites orders
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, n int, a varchar(10));
---
ALTER TABLE orders
  ADD COLUMN note varchar(20),
  MODIFY n decimal(12, 2), --!
  ALTER COLUMN a SET DEFAULT 'x';

=== hazard varchar-over-255-bytes: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users MODIFY name varchar(120); --!

=== hazard varchar-to-text: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)) CHARSET utf8mb4;
---
ALTER TABLE users MODIFY name text; --!

=== hazard text-to-mediumtext: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, bio text);
---
ALTER TABLE users MODIFY bio mediumtext; --!

=== hazard datetime-precision: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, at datetime);
---
ALTER TABLE users MODIFY at datetime(6); --!

=== hazard timestamp-to-datetime: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, at timestamp NULL);
---
ALTER TABLE users MODIFY at datetime NULL; --!

=== hazard charset-of-a-column: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=latin1;
---
ALTER TABLE users MODIFY name varchar(50) CHARACTER SET utf8mb4; --!

=== hazard qualified-by-nothing-known: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n tinyint);
---
SELECT 1; ALTER TABLE users MODIFY n int; --!

=== hazard after-rename: rewrites people
CREATE TABLE users (id bigint PRIMARY KEY, n int); RENAME TABLE users TO people;
---
ALTER TABLE people MODIFY n bigint; --!

=== hazard like-another: rewrites copied
CREATE TABLE users (id bigint PRIMARY KEY, n int); CREATE TABLE copied LIKE users;
---
ALTER TABLE copied MODIFY n bigint; --!

=== hazard varchar-shrinks: fails 1265
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)); INSERT INTO users VALUES (1, 'a very long name');
---
ALTER TABLE users MODIFY name varchar(5); --!

=== hazard bigint-to-int: fails 1264
CREATE TABLE users (id bigint PRIMARY KEY, n bigint); INSERT INTO users VALUES (1, 99999999999);
---
ALTER TABLE users MODIFY n int; --!

=== hazard decimal-loses-cents: spoils SELECT max(total) > 1.23 FROM bills
CREATE TABLE bills (id bigint PRIMARY KEY, total decimal(10,4)); INSERT INTO bills VALUES (1, 1.2345);
---
ALTER TABLE bills MODIFY total decimal(10,2); --!

=== hazard enum-value-removed: fails 1265
CREATE TABLE users (id bigint PRIMARY KEY, mood enum('a','b','c')); INSERT INTO users VALUES (1, 'c');
---
ALTER TABLE users MODIFY mood enum('a','b'); --!

=== hazard enum-value-in-the-middle: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, mood enum('a','b','c')); INSERT INTO users VALUES (1, 'c');
---
ALTER TABLE users MODIFY COLUMN mood ENUM('a', 'new', 'b', 'c'); --!

=== hazard enum-reordered: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, mood enum('a','b','c'));
---
ALTER TABLE users CHANGE mood mood enum('c','b','a'); --!

=== hazard enum-to-varchar: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, mood enum('a','b','c'));
---
ALTER TABLE users MODIFY mood varchar(10); --!

=== hazard set-crosses-a-byte: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, f set('1','2','3','4','5','6','7','8'));
---
ALTER TABLE users MODIFY f set('1','2','3','4','5','6','7','8','9'); --!

=== hazard not-null-with-nulls: fails 1265
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)); INSERT INTO users VALUES (1, NULL);
---
ALTER TABLE users MODIFY name varchar(50) NOT NULL; --!

=== hazard not-null-rewrites: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users CHANGE COLUMN n n int NOT NULL DEFAULT 0; --!

=== hazard null-again: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users MODIFY n int NULL; --!

=== hazard not-null-without-strict-mode: spoils SELECT count(*) = 0 FROM users WHERE n = 0
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, NULL);
---
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';
ALTER TABLE users MODIFY n int NOT NULL; --!

=== hazard default-forgotten: spoils SELECT COLUMN_DEFAULT = '7' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'n'
CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 7);
---
ALTER TABLE users MODIFY COLUMN n int NOT NULL COMMENT 'how many'; --!

=== hazard auto-increment-forgotten: breaks INSERT INTO users (n) VALUES (1)
CREATE TABLE users (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, n int);
---
ALTER TABLE users MODIFY id bigint NOT NULL COMMENT 'key'; --!

=== hazard on-update-forgotten: spoils SELECT EXTRA LIKE '%update%' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'at'
CREATE TABLE users (id bigint PRIMARY KEY, at datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
---
ALTER TABLE users MODIFY at datetime DEFAULT CURRENT_TIMESTAMP; --!

=== hazard comment-forgotten: spoils SELECT COLUMN_COMMENT <> '' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'n'
CREATE TABLE users (id bigint PRIMARY KEY, n int COMMENT 'in cents');
---
ALTER TABLE users MODIFY n int DEFAULT 3; --!

=== hazard add-required: breaks INSERT INTO users (id) VALUES (2)
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
ALTER TABLE users ADD city varchar(50) NOT NULL; --!

=== hazard add-required-in-brackets: breaks INSERT INTO users (id) VALUES (2)
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
ALTER TABLE users ADD COLUMN (
  a int NULL,
  b int NOT NULL --!
);

=== hazard default-dropped: breaks INSERT INTO users (id) VALUES (2)
CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 1);
---
ALTER TABLE users ALTER n DROP DEFAULT; --!

=== hazard add-stored: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN twice int AS (n * 2) PERSISTENT; --!

=== hazard add-uuid-default: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD COLUMN token char(36) NOT NULL DEFAULT (UUID()); --!

=== hazard add-default-of-column: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD COLUMN m int DEFAULT (n); --!

=== hazard add-auto-increment: locks NONE logs
CREATE TABLE logs (line varchar(100)); INSERT INTO logs VALUES ('a');
---
ALTER TABLE logs ADD COLUMN id bigint NOT NULL AUTO_INCREMENT FIRST, ADD PRIMARY KEY (id) --!

=== hazard becomes-auto-increment: rewrites logs
CREATE TABLE logs (id bigint PRIMARY KEY, line varchar(100)); INSERT INTO logs VALUES (1, 'a');
---
ALTER TABLE logs MODIFY id bigint NOT NULL AUTO_INCREMENT; --!

=== hazard add-unique-column: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN code varchar(20) UNIQUE; --!

=== hazard add-column-with-index: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN code varchar(20),
  ADD KEY by_code (code); --!

=== hazard add-to-fulltext: rewrites docs
CREATE TABLE docs (id bigint PRIMARY KEY, body text, FULLTEXT KEY ft (body));
---
ALTER TABLE docs ADD COLUMN title varchar(50); --!

=== hazard add-to-compressed: rewrites docs
CREATE TABLE docs (id bigint PRIMARY KEY, body text) ROW_FORMAT=COMPRESSED;
---
ALTER TABLE docs ADD COLUMN title varchar(50); --!

=== hazard drop-column: breaks SELECT age FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE `users` DROP `age`; --!

=== hazard drop-column-upper: breaks SELECT age FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int, b int);
---
ALTER TABLE users ADD COLUMN x int,
DROP COLUMN IF EXISTS AGE; --!

=== hazard drop-table: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
DROP TABLE IF EXISTS `users`; --!

=== hazard drop-two: loses SELECT count(*) FROM a
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); INSERT INTO a VALUES (1);
---
drop tables a, b; --!

=== hazard create-or-replace: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
CREATE OR REPLACE TABLE users (id bigint PRIMARY KEY, name varchar(10)); --!

=== hazard truncate: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
truncate users; --!

=== hazard rename-table: breaks SELECT id FROM users
CREATE TABLE users (id bigint PRIMARY KEY);
---
RENAME TABLE users TO accounts; --!

=== hazard rename-second-table: breaks SELECT id FROM users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE fresh_users (id bigint PRIMARY KEY);
---
RENAME TABLE fresh_users TO newer_users,
  users TO accounts; --!

=== hazard alter-rename: breaks SELECT id FROM users
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users RENAME AS accounts; --!

=== hazard rename-column: breaks SELECT age FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users RENAME COLUMN age TO years; --!

=== hazard change-name: breaks SELECT age FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users CHANGE COLUMN age years int; --!

=== hazard delete-all: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
DELETE FROM users; --!

=== hazard delete-all-alias: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
DELETE u FROM users AS u WHERE 1 = 1; --!

=== hazard update-all: spoils SELECT count(*) = 0 FROM users WHERE n = 5
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
UPDATE users SET n = 5; --!

=== hazard foreign-key: rewrites orders
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY (user_id));
---
ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id); --!

=== hazard foreign-key-orphans: fails 1452
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY (user_id)); INSERT INTO orders VALUES (1, 5);
---
ALTER TABLE orders
  ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE; --!

=== hazard foreign-key-unchecked: spoils SELECT NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'fk_user')
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, KEY (user_id)); INSERT INTO orders VALUES (1, 5);
---
SET FOREIGN_KEY_CHECKS = 0;
ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id); --!
SET FOREIGN_KEY_CHECKS = 1;

=== hazard foreign-key-type: fails 1005
CREATE TABLE users (id bigint unsigned PRIMARY KEY);
---
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  user_id bigint,
  CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id) --!
);

=== hazard foreign-key-to-no-key: fails 1005
CREATE TABLE users (id bigint PRIMARY KEY, code varchar(10)) CHARSET=utf8mb4;
---
CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(10), FOREIGN KEY (code) REFERENCES users (code)) CHARSET=utf8mb4; --!

=== hazard check: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, age int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD CONSTRAINT age_positive CHECK (age > 0); --!

=== hazard convert: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=latin1;
---
ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; --!

=== hazard convert-to-less: fails 1366
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=utf8mb4; INSERT INTO users VALUES (1, _utf8mb4 x'F09F9880');
---
ALTER TABLE users CONVERT TO CHARSET latin1; --!

=== hazard utf8mb3-table: spoils SELECT CHARACTER_SET_NAME = 'utf8mb4' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'name'
SELECT 1;
---
CREATE TABLE names (id bigint PRIMARY KEY, name varchar(20)) ENGINE=InnoDB CHARACTER SET utf8; --!

=== hazard drop-primary-key: rewrites logs
CREATE TABLE logs (id bigint PRIMARY KEY, n int); INSERT INTO logs VALUES (1, 1);
---
ALTER TABLE logs DROP PRIMARY KEY; --!

=== hazard add-primary-key: rewrites logs
CREATE TABLE logs (id bigint NOT NULL, n int); INSERT INTO logs VALUES (1, 1);
---
ALTER TABLE logs ADD PRIMARY KEY (id); --!

=== hazard fulltext: locks NONE docs
CREATE TABLE docs (id bigint PRIMARY KEY, body text);
---
ALTER TABLE docs ADD FULLTEXT KEY ft_body (body) --!

=== hazard create-fulltext: rewrites docs
CREATE TABLE docs (id bigint PRIMARY KEY, body text);
---
CREATE FULLTEXT INDEX ft_body ON docs (body); --!

=== hazard unique-duplicates: fails 1062
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50)); INSERT INTO users VALUES (1, 'a'), (2, 'a');
---
CREATE UNIQUE INDEX users_email ON users (email); --!

=== hazard unique-duplicates-alter: fails 1062
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50)); INSERT INTO users VALUES (1, 'a'), (2, 'a');
---
ALTER TABLE users ADD UNIQUE KEY `email` (`email`); --!

=== hazard alter-ignore: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50)); INSERT INTO users VALUES (1, 'a'), (2, 'a');
---
ALTER IGNORE TABLE users ADD UNIQUE (email); --!

=== hazard engine-again: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY) ENGINE=InnoDB;
---
ALTER TABLE users ENGINE = InnoDB; --!

=== hazard force: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users FORCE; --!

=== hazard optimize: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY);
---
OPTIMIZE TABLE users; --!

=== hazard to-myisam: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY) ENGINE=InnoDB;
---
ALTER TABLE users ENGINE MyISAM; --!

=== hazard create-myisam: spoils SELECT ENGINE = 'InnoDB' FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'logs'
SELECT 1;
---
CREATE TABLE logs (id bigint PRIMARY KEY) ENGINE=MyISAM; --!

=== hazard row-format: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(10));
---
ALTER TABLE users ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8; --!

=== hazard order-by: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(10)); INSERT INTO users VALUES (1, 'a');
---
ALTER TABLE users ORDER BY name; --!

=== hazard partition-by: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(10)); INSERT INTO users VALUES (1, 'a');
---
ALTER TABLE users PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100), PARTITION p1 VALUES LESS THAN MAXVALUE); --!

=== hazard drop-partition: loses SELECT count(*) FROM logs
CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO logs VALUES (1), (20);
---
ALTER TABLE logs DROP PARTITION p0; --!

=== hazard truncate-partition: loses SELECT count(*) FROM logs
CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO logs VALUES (1), (20);
---
ALTER TABLE logs TRUNCATE PARTITION p0; --!

=== hazard system-versioning: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD SYSTEM VERSIONING; --!

=== hazard versioned-altered: fails 4119
CREATE TABLE users (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING;
---
ALTER TABLE users ADD COLUMN m int; --!

=== hazard refused-inplace: fails 1846
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users MODIFY n bigint, ALGORITHM=INPLACE; --!

=== hazard refused-lock: fails 1846
CREATE TABLE docs (id bigint PRIMARY KEY, body text);
---
CREATE FULLTEXT INDEX ft ON docs (body) LOCK=NONE; --!

=== hazard told-to-copy: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN m int, ALGORITHM=COPY; --!

=== hazard referenced-dropped: fails 1451
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, u bigint, FOREIGN KEY (u) REFERENCES users (id));
---
DROP TABLE users; --!

=== hazard referenced-truncated: fails 1701
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, u bigint, FOREIGN KEY (u) REFERENCES users (id));
---
TRUNCATE TABLE users; --!

=== hazard keyed-column-changed: fails 1833
CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, u int, FOREIGN KEY (u) REFERENCES users (id));
---
ALTER TABLE users MODIFY id bigint; --!

=== hazard needed-index: fails 1553
CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, u int, CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id));
---
ALTER TABLE orders DROP INDEX fk; --!

=== hazard second-primary-key: fails 1068
CREATE TABLE users (id int PRIMARY KEY, n int NOT NULL);
---
ALTER TABLE users ADD PRIMARY KEY (n); --!

=== hazard auto-increment-without-key: fails 1075
SELECT 1;
---
CREATE TABLE t (n int PRIMARY KEY, id int AUTO_INCREMENT); --!

=== hazard key-too-long: fails 1071
SELECT 1;
---
CREATE TABLE pages (
  url varchar(1000) NOT NULL,
  PRIMARY KEY (url) --!
) DEFAULT CHARSET=utf8mb4;

=== hazard row-too-long: fails 1118
SELECT 1;
---
CREATE TABLE pages (id int PRIMARY KEY, a varchar(9000), b varchar(9000)) DEFAULT CHARSET=utf8mb4; --!

=== hazard name-too-long: fails 1059
CREATE TABLE users (id int PRIMARY KEY, n int);
---
ALTER TABLE users ADD INDEX users_with_a_name_that_goes_on_and_on_until_nobody_can_keep_it_in_mind (n); --!

=== hazard checks-left-off: spoils SELECT @@foreign_key_checks
SELECT 1;
---
SET foreign_key_checks = OFF; --!

=== hazard prepared-text: breaks SELECT age FROM users
CREATE TABLE users (id int PRIMARY KEY, age int);
---
PREPARE s FROM 'ALTER TABLE users DROP COLUMN age'; --!
EXECUTE s;
DEALLOCATE PREPARE s;

=== hazard in-a-compound-statement: breaks SELECT age FROM users
CREATE TABLE users (id int PRIMARY KEY, age int);
---
BEGIN NOT ATOMIC
  IF EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE COLUMN_NAME = 'age') THEN
    ALTER TABLE users DROP COLUMN age; --!
  END IF;
END;

=== hazard in-a-conditional-comment: loses SELECT count(*) FROM users
CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1);
---
/*!40000 DELETE FROM users */; --!

=== hazard third-on-the-line: breaks SELECT age FROM users
CREATE TABLE users (id int PRIMARY KEY, age int, b int);
---
SELECT 1; SELECT 'DROP TABLE x'; ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-view: breaks SELECT id FROM names
CREATE TABLE users (id int PRIMARY KEY); CREATE VIEW names AS SELECT id FROM users;
---
DROP VIEW names; --!

=== hazard drop-procedure: breaks CALL total()
CREATE PROCEDURE total() SELECT 1;
---
DROP PROCEDURE total; --!

=== hazard delimiter-then-danger: loses SELECT count(*) FROM users
CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1);
---
DELIMITER //
CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//
DELIMITER ;
DROP TABLE users; --!

=== hazard set-statement: rewrites users
CREATE TABLE users (id int PRIMARY KEY, n int);
---
SET STATEMENT max_statement_time = 100 FOR ALTER TABLE users MODIFY n bigint; --!

=== hazard wait: rewrites users
CREATE TABLE users (id int PRIMARY KEY, n int);
---
ALTER TABLE users WAIT 5 MODIFY n bigint; --!

=== hazard duplicate-index: runs
CREATE TABLE users (id int PRIMARY KEY, email varchar(20), KEY by_email (email));
---
ALTER TABLE users ADD INDEX also_by_email (email); --!

=== hazard zero-date: runs
SELECT 1;
---
CREATE TABLE t (id int PRIMARY KEY,
  at datetime NOT NULL DEFAULT '0000-00-00 00:00:00'); --!

=== harmless fresh-table
SELECT 1;
---
CREATE TABLE users (
  id BIGINT NOT NULL AUTO_INCREMENT,
  email VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME(6) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY users_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

=== harmless fresh-table-of-diesel
SELECT 1;
---
-- Your SQL goes here
CREATE TABLE `posts`(
	`id` INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY,
	`title` VARCHAR(100) NOT NULL,
	`body` TEXT NOT NULL,
	`published` BOOL NOT NULL DEFAULT FALSE
);

=== harmless foreign-key-in-a-fresh-table
CREATE TABLE users (id bigint unsigned AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
---
CREATE TABLE orders (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id bigint unsigned NOT NULL,
  total decimal(10, 2) NOT NULL DEFAULT 0,
  state enum('open', 'paid') NOT NULL DEFAULT 'open',
  INDEX orders_user (user_id),
  CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

=== harmless add-column
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD COLUMN nickname VARCHAR(50) NULL;

=== harmless add-column-with-default
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
alter table `users` add `is_admin` tinyint(1) not null default 0 comment 'not null', algorithm=instant;

=== harmless add-columns-after
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
ALTER TABLE users ADD COLUMN a int AFTER id, ADD COLUMN b datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD c json;

=== harmless add-column-if-not-exists
CREATE TABLE users (id bigint PRIMARY KEY, n int NULL);
---
ALTER TABLE users ADD COLUMN IF NOT EXISTS n int NOT NULL;

=== harmless add-virtual
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) VIRTUAL;

=== harmless add-column-with-check
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN m int CHECK (m > 0);

=== harmless add-random-default
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD COLUMN due datetime DEFAULT (now() + INTERVAL 1 DAY);

=== harmless varchar-grows-to-63
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users MODIFY name varchar(63);

=== harmless varchar-grows-above-255-bytes
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(100)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users MODIFY COLUMN name VARCHAR(255);

=== harmless varchar-grows-from-little
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(30)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users MODIFY COLUMN name VARCHAR(255);

=== harmless varchar-grows-latin1
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(150)) DEFAULT CHARSET=latin1;
---
ALTER TABLE users CHANGE name name VARCHAR(255);

=== harmless enum-grows
CREATE TABLE users (id bigint PRIMARY KEY, mood enum('a','b') NOT NULL DEFAULT 'a');
---
ALTER TABLE users MODIFY mood enum('a','b','c') NOT NULL DEFAULT 'a';

=== harmless set-grows
CREATE TABLE users (id bigint PRIMARY KEY, f set('a','b'));
---
ALTER TABLE users MODIFY f set('a','b','c');

=== harmless width-alone
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users MODIFY n int(11);

=== harmless synonym
CREATE TABLE users (id bigint PRIMARY KEY, n integer, d numeric(10,2), b bool, f double precision, v character varying(20));
---
ALTER TABLE users MODIFY n INT, MODIFY d DECIMAL(10,2), MODIFY b tinyint(1), MODIFY f double, MODIFY v varchar(20);

=== harmless comment-added
CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 3);
---
ALTER TABLE users MODIFY n int NOT NULL DEFAULT 3 COMMENT 'MODIFY n bigint';

=== harmless default-changed
CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 3);
---
ALTER TABLE users ALTER COLUMN n SET DEFAULT 5;

=== harmless default-dropped
CREATE TABLE users (id bigint PRIMARY KEY, n int DEFAULT 3);
---
ALTER TABLE users ALTER n DROP DEFAULT;

=== harmless utf8mb3-to-utf8mb4
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) CHARACTER SET utf8mb3);
---
ALTER TABLE users MODIFY name varchar(20) CHARACTER SET utf8mb4;

=== harmless collation-alone
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users MODIFY name varchar(20) COLLATE utf8mb4_unicode_ci;

=== hazard collation-that-tells-case: spoils SELECT count(*) FROM logins WHERE name = 'bob'
CREATE TABLE logins (id bigint PRIMARY KEY, name varchar(40) NOT NULL) DEFAULT CHARSET=utf8mb4;
INSERT INTO logins VALUES (1, 'BOB');
---
ALTER TABLE logins
  MODIFY COLUMN name varchar(40) COLLATE utf8mb4_bin NOT NULL; --!

=== harmless convert-to-what-it-is
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)) DEFAULT CHARSET=utf8mb4;
---
ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

=== harmless default-charset
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)) DEFAULT CHARSET=latin1;
---
ALTER TABLE users DEFAULT CHARACTER SET = utf8mb4, COMMENT = 'CONVERT TO CHARACTER SET latin1';

=== harmless add-index
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20));
---
CREATE INDEX users_name ON users (name);

=== harmless add-index-online
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20), body text);
---
ALTER TABLE users ADD INDEX users_name (name(10), id DESC), ADD KEY (body(20)), ALGORITHM=INPLACE, LOCK=NONE;

=== harmless unique-on-new-column
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users ADD COLUMN code varchar(20) NULL;
CREATE UNIQUE INDEX users_code ON users (code);

=== harmless unique-over-the-key
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD UNIQUE KEY id_n (id, n);

=== harmless fulltext-in-a-fresh-table
SELECT 1;
---
CREATE TABLE docs (id bigint AUTO_INCREMENT PRIMARY KEY, title varchar(100), body mediumtext, FULLTEXT KEY docs_text (title, body)) ENGINE=InnoDB;

=== hazard duplicate-index-in-a-table: runs
SELECT 1;
---
CREATE TABLE t (id int PRIMARY KEY, a int, b int,
  KEY one (a, b),
  KEY two (a, b) --!
);

=== harmless drop-index
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20), KEY users_name (name));
---
DROP INDEX users_name ON users;

=== harmless rename-index
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20), KEY users_name (name));
---
ALTER TABLE users RENAME INDEX users_name TO by_name;

=== harmless drop-foreign-key-and-column-of-fresh
SELECT 1;
---
CREATE TABLE a (id int PRIMARY KEY, x int, KEY (x));
CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES a (id));
ALTER TABLE b DROP FOREIGN KEY fk;
ALTER TABLE a MODIFY x bigint, DROP INDEX x;
DROP TABLE b;

=== harmless index-swapped
CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE o (id int PRIMARY KEY, u int, KEY by_u (u), FOREIGN KEY (u) REFERENCES u (id));
---
ALTER TABLE o ADD INDEX by_u_id (u, id), DROP INDEX by_u;

=== harmless fresh-then-changed
SELECT 1;
---
CREATE TABLE t (id int, name varchar(100) NULL);
INSERT INTO t VALUES (1, 'a');
ALTER TABLE t ADD PRIMARY KEY (id), MODIFY name varchar(20) NOT NULL, ENGINE=InnoDB;
ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4;
UPDATE t SET name = 'b';
RENAME TABLE t TO t2;
TRUNCATE TABLE t2;

=== harmless fresh-like
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
CREATE TABLE users_new LIKE users;
ALTER TABLE users_new MODIFY n bigint NOT NULL, ADD FULLTEXT INDEX x (s), ADD COLUMN s text;

=== harmless unreleased
CREATE TABLE users (id bigint PRIMARY KEY, n int);
--- fresh
ALTER TABLE users MODIFY n bigint NOT NULL;

=== harmless swap
CREATE TABLE users (id bigint PRIMARY KEY, n int); CREATE TABLE users_new (id bigint PRIMARY KEY, n bigint);
---
RENAME TABLE users TO users_old, users_new TO users;

=== harmless rename-with-view
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users RENAME TO accounts;
CREATE VIEW users AS SELECT id, n FROM accounts;

=== harmless temporary
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
CREATE TEMPORARY TABLE staged (id bigint, n int) ENGINE=MEMORY;
INSERT INTO staged SELECT id, n FROM users WHERE n > 5;
ALTER TABLE staged MODIFY n bigint;
DELETE FROM staged;
DROP TEMPORARY TABLE staged;

=== harmless strings
CREATE TABLE notes (id bigint PRIMARY KEY, body text);
---
INSERT INTO notes (id, body) VALUES (1, 'DROP TABLE users; -- gone'), (2, "ALTER TABLE users DROP COLUMN \" age"), (3, 'it''s; TRUNCATE notes');

=== harmless comments
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
-- DROP TABLE users;
# ALTER TABLE users MODIFY n bigint;
/* TRUNCATE users; /*!99999 DELETE FROM users; */
SELECT 1;

=== harmless never-run-comment
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
SELECT 1 /*!99999 ; DROP TABLE users */;

=== harmless dump-header
CREATE TABLE settings (id int PRIMARY KEY);
---
/*M!999999\- enable the sandbox mode */
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` VALUES (1,'a'),(2,'b');
/*!40000 ALTER TABLE `users` ENABLE KEYS */;
UNLOCK TABLES;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;

=== harmless backticked-keywords
CREATE TABLE `drop` (`table` bigint PRIMARY KEY, `modify` int, `truncate` varchar(10));
---
ALTER TABLE `drop` ADD COLUMN `column` int;
ALTER TABLE `drop` ADD INDEX `primary key` (`modify`);
SELECT `truncate` FROM `drop`;

=== harmless delimiter-body
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
DELIMITER $$
CREATE PROCEDURE clean_up()
BEGIN
  DELETE FROM users;
  DROP TABLE IF EXISTS old_users;
  TRUNCATE users;
END$$
DELIMITER ;

=== harmless body-without-delimiter
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
CREATE TRIGGER users_n BEFORE INSERT ON users FOR EACH ROW
BEGIN
  IF NEW.n IS NULL THEN SET NEW.n = 0; END IF;
END;

=== harmless function
SELECT 1;
---
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;

=== harmless event
CREATE TABLE logs (id bigint PRIMARY KEY, at datetime);
---
CREATE EVENT IF NOT EXISTS forget ON SCHEDULE EVERY 1 DAY DO DELETE FROM logs WHERE at < now() - INTERVAL 30 DAY;

=== harmless view-replaced
CREATE TABLE users (id bigint PRIMARY KEY, n int); CREATE VIEW ns AS SELECT n FROM users;
---
CREATE OR REPLACE VIEW ns AS SELECT id, n FROM users;

=== harmless view-made-again
CREATE TABLE users (id bigint PRIMARY KEY, n int); CREATE VIEW ns AS SELECT n FROM users;
---
DROP VIEW IF EXISTS ns;
CREATE VIEW ns AS SELECT id, n FROM users;

=== harmless procedure-made-again
CREATE PROCEDURE total() SELECT 1;
---
DROP PROCEDURE IF EXISTS total;
CREATE PROCEDURE total() SELECT 2;

=== harmless drop-what-never-was
CREATE TABLE users (id bigint PRIMARY KEY);
---
DROP TABLE IF EXISTS user_backups;
ALTER TABLE users DROP COLUMN IF EXISTS never_there;

=== harmless update-some
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
UPDATE users SET n = 2 WHERE id = 1;
UPDATE users SET n = 3 ORDER BY id LIMIT 1000;
UPDATE users u JOIN users v ON u.id = v.id SET u.n = v.n + 1 WHERE v.n > 2;
DELETE FROM users WHERE n > 100;

=== harmless upsert
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
INSERT INTO users (id, n) VALUES (1, 5) ON DUPLICATE KEY UPDATE n = VALUES(n);
REPLACE INTO users (id, n) VALUES (2, 5);

=== harmless session-settings
SELECT 1;
---
SET SESSION lock_wait_timeout = 5, SESSION innodb_lock_wait_timeout = 5;
SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET @a = 1, @b := 'DROP TABLE users';
SET time_zone = '+00:00';

=== harmless checks-off-and-on
CREATE TABLE a (id int PRIMARY KEY);
---
SET FOREIGN_KEY_CHECKS=0;
CREATE TABLE c (id int PRIMARY KEY, d int, FOREIGN KEY (d) REFERENCES d (id));
CREATE TABLE d (id int PRIMARY KEY, c int, FOREIGN KEY (c) REFERENCES c (id));
SET FOREIGN_KEY_CHECKS=1;

=== harmless strict-mode
CREATE TABLE users (id bigint PRIMARY KEY, n int); INSERT INTO users VALUES (1, 1);
---
SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE';
UPDATE users SET n = 5 WHERE id = 1;

=== harmless option-alone
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, n int);
---
ALTER TABLE users AUTO_INCREMENT = 1000, STATS_PERSISTENT=1;
ALTER TABLE users COMMENT 'ENGINE=MyISAM';

=== harmless analyze
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ANALYZE TABLE users;

=== harmless hidden-index
CREATE TABLE users (id bigint PRIMARY KEY, n int, KEY by_n (n));
---
ALTER TABLE users ALTER INDEX by_n IGNORED;

=== harmless partition-added
CREATE TABLE logs (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10));
---
ALTER TABLE logs ADD PARTITION (PARTITION p1 VALUES LESS THAN (20));

=== harmless fresh-partitioned
SELECT 1;
---
CREATE TABLE logs (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE (YEAR(at)) (PARTITION p2024 VALUES LESS THAN (2025), PARTITION pmax VALUES LESS THAN MAXVALUE);

=== harmless versioned-fresh
SELECT 1;
---
CREATE TABLE notes (id bigint PRIMARY KEY, body text) WITH SYSTEM VERSIONING;

=== harmless versioned-kept
CREATE TABLE notes (id bigint PRIMARY KEY, n int) WITH SYSTEM VERSIONING;
---
SET @@system_versioning_alter_history = KEEP;
ALTER TABLE notes ADD INDEX by_n (n);

=== hazard constraint-dropped: loses SELECT count(*) FROM information_schema.check_constraints WHERE constraint_schema = database()
CREATE TABLE users (id bigint PRIMARY KEY, n int, CONSTRAINT positive CHECK (n > 0));
---
ALTER TABLE users DROP CONSTRAINT IF EXISTS positive; --!

=== hazard foreign-key-dropped: loses SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = database()
CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE o (id int PRIMARY KEY, u int, CONSTRAINT fk FOREIGN KEY (u) REFERENCES u (id));
---
ALTER TABLE o DROP FOREIGN KEY fk; --!

=== harmless constraint-that-is-not-there
CREATE TABLE users (id bigint PRIMARY KEY, n int, CONSTRAINT positive CHECK (n > 0));
---
ALTER TABLE users DROP CONSTRAINT IF EXISTS negative;

=== harmless self-reference
SELECT 1;
---
CREATE TABLE nodes (id bigint AUTO_INCREMENT PRIMARY KEY, parent_id bigint NULL, CONSTRAINT nodes_parent FOREIGN KEY (parent_id) REFERENCES nodes (id)) ENGINE=InnoDB;

=== harmless sequence
SELECT 1;
---
CREATE SEQUENCE numbers START WITH 1 INCREMENT BY 1;
CREATE TABLE t (id bigint PRIMARY KEY DEFAULT (NEXT VALUE FOR numbers), n uuid, j json CHECK (json_valid(j)));

=== harmless several-on-a-line
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
ALTER TABLE users ADD a int; ALTER TABLE users ADD b int; CREATE INDEX i ON users (a, b);

=== harmless prefix-key
SELECT 1;
---
CREATE TABLE pages (id bigint AUTO_INCREMENT PRIMARY KEY, url varchar(2000) NOT NULL, hash binary(32) NOT NULL, UNIQUE KEY by_hash (hash), KEY by_url (url(191))) DEFAULT CHARSET=utf8mb4;

=== harmless many-to-many
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY);
---
CREATE TABLE a_b (
  a_id bigint NOT NULL,
  b_id bigint NOT NULL,
  PRIMARY KEY (a_id, b_id),
  KEY (b_id),
  FOREIGN KEY (a_id) REFERENCES a (id) ON DELETE CASCADE,
  FOREIGN KEY (b_id) REFERENCES b (id) ON DELETE CASCADE
);

=== harmless seed
CREATE TABLE roles (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) UNIQUE);
---
INSERT IGNORE INTO roles (name) VALUES ('admin'), ('user');
INSERT INTO roles SET name = 'guest';
INSERT INTO roles (name) SELECT 'other' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM roles WHERE name = 'other');

=== harmless index-with-virtual-column
CREATE TABLE users (id bigint PRIMARY KEY, n int, doc json);
---
ALTER TABLE users ADD COLUMN kind varchar(20) AS (json_value(doc, '$.kind')) VIRTUAL, ADD INDEX by_n (n);

=== hazard index-over-new-virtual-column: locks NONE users
CREATE TABLE users (id bigint PRIMARY KEY, n int, doc json);
---
ALTER TABLE users ADD COLUMN kind varchar(20) AS (json_value(doc, '$.kind')) VIRTUAL, ADD INDEX by_kind (kind); --!

=== harmless virtual-column-dropped-with-index
CREATE TABLE users (id bigint PRIMARY KEY, n int, m int AS (n + 1) VIRTUAL);
---
-- schema:allow(drop-column) nobody reads it
ALTER TABLE users DROP COLUMN m, ADD INDEX by_n (n);

=== harmless index-after-virtual-column
CREATE TABLE users (id bigint PRIMARY KEY, n int, doc json);
---
ALTER TABLE users ADD COLUMN kind varchar(20) AS (json_value(doc, '$.kind')) VIRTUAL;
ALTER TABLE users ADD INDEX by_n (n);

=== harmless column-moved
CREATE TABLE users (id bigint PRIMARY KEY, a int, b int NOT NULL DEFAULT 0);
---
ALTER TABLE users MODIFY COLUMN b int NOT NULL DEFAULT 0 AFTER id;

=== harmless index-replaced
CREATE TABLE users (id bigint PRIMARY KEY, a int, b int, KEY by_a (a));
---
ALTER TABLE users DROP INDEX by_a, ADD INDEX by_a (a, b);

=== harmless renamed-and-back
SELECT 1;
---
CREATE TABLE t_new (id bigint PRIMARY KEY, name varchar(20) NOT NULL);
INSERT INTO t_new (id, name) VALUES (1, 'MODIFY');
ALTER TABLE t_new CHANGE name title varchar(200) NOT NULL, ADD UNIQUE (title);
RENAME TABLE t_new TO t;

=== harmless rights
CREATE TABLE users (id bigint PRIMARY KEY);
---
SELECT 'GRANT ALL ON *.* TO root', "IDENTIFIED BY secret" FROM users;

=== harmless carriage-returns
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users
  ADD COLUMN a int NULL,
  ADD COLUMN b varchar(20) DEFAULT 'x''; DROP TABLE users';

=== harmless with-query
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT * FROM c;
CREATE TABLE top_users AS SELECT id FROM users WHERE n > 3;

=== hazard unique-index-dropped: loses SELECT count(*) FROM information_schema.statistics WHERE table_schema = database() AND index_name = 'uq'
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), UNIQUE KEY uq (email));
---
drop /* no doubles any more? */ index `uq` on users; --!

=== hazard prepared-from-a-variable: loses SELECT count(*) FROM audit
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
SET @s = IF((SELECT count(*) FROM information_schema.tables) > 0, 'DROP TABLE audit', 'SELECT 1'); --!
PREPARE st FROM @s;
EXECUTE st;
DEALLOCATE PREPARE st;

=== hazard prepared-from-parts: loses SELECT count(*) FROM audit
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
SET @s = concat('DROP TABLE ', 'audit');
PREPARE st FROM @s; --!
EXECUTE st;

=== hazard empty-table-takes-the-name: loses SELECT count(*) FROM audit
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
CREATE TABLE audit_new LIKE audit;
RENAME TABLE audit TO audit_old, audit_new TO audit; --!

=== hazard moved-away-and-made-anew: loses SELECT count(*) FROM audit
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
ALTER TABLE audit RENAME AS audit_2024; --!
CREATE TABLE audit (id bigint PRIMARY KEY);

=== harmless column-where-there-is-none
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
SET @s = IF((SELECT count(*) FROM information_schema.columns WHERE table_name = 'audit' AND column_name = 'zz' AND table_schema = database()) = 0, 'ALTER TABLE audit ADD COLUMN zz int', 'SELECT 1');
PREPARE st FROM @s;
EXECUTE st;
DEALLOCATE PREPARE st;

=== harmless dump-begins
SELECT 1;
---
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `a`;
CREATE TABLE `a` (`id` bigint NOT NULL PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
DROP TABLE IF EXISTS b, c;
CREATE TABLE c (id bigint PRIMARY KEY) DEFAULT CHARSET=utf8mb4;

=== harmless routine-that-is-not-there
SELECT 1;
---
DROP PROCEDURE IF EXISTS nothing_there;
DROP EVENT IF EXISTS nothing_there;

=== hazard create-existing: fails 1050
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
CREATE TABLE users (id bigint PRIMARY KEY); --!

=== hazard create-view-existing: fails 1050
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int); CREATE VIEW v AS SELECT id FROM users;
---
CREATE VIEW v AS SELECT email FROM users; --!

=== hazard create-index-existing: fails 1061
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int, KEY users_email (email));
---
CREATE INDEX users_email ON users (age); --!

=== hazard add-index-existing: fails 1061
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int, KEY users_email (email));
---
ALTER TABLE users
  ADD COLUMN city int,
  ADD KEY Users_Email (age); --!

=== hazard add-column-existing: fails 1060
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users ADD COLUMN Age int; --!

=== hazard change-to-existing: fails 1060
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users CHANGE email age varchar(100); --!

=== hazard rename-column-to-existing: fails 1060
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users RENAME COLUMN email TO age; --!

=== hazard rename-table-to-existing: fails 1050
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int); CREATE TABLE people (id int primary key);
---
RENAME TABLE users TO people; --!

=== hazard create-trigger-existing: fails 1359
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, age int); CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1;
---
CREATE TRIGGER tr BEFORE UPDATE ON users FOR EACH ROW SET NEW.age = 1; --!

=== hazard one-column-twice: fails 1060
---
CREATE TABLE users (id bigint PRIMARY KEY, age int, age int); --!

=== hazard one-index-twice: fails 1061
---
CREATE TABLE users (id bigint PRIMARY KEY, age int, email int, KEY k (age), KEY k (email)); --!

=== hazard drop-column-missing: fails 1091
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users DROP COLUMN agee; --!

=== hazard drop-index-missing: fails 1091
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
DROP INDEX users_email ON users; --!

=== hazard alter-drop-key-missing: fails 1091
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users DROP KEY users_email; --!

=== hazard drop-fk-missing: fails 1091
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users DROP FOREIGN KEY users_boss; --!

=== hazard drop-constraint-missing: fails 1091
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users DROP CONSTRAINT users_boss; --!

=== hazard drop-pk-missing: fails 1091
CREATE TABLE users (id bigint, email varchar(100), age int);
---
ALTER TABLE users DROP PRIMARY KEY; --!

=== hazard drop-table-missing: fails 1051
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
DROP TABLE user; --!

=== hazard drop-view-missing: fails 4092
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
DROP VIEW user; --!

=== hazard drop-trigger-missing: fails 1360
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
DROP TRIGGER tr; --!

=== hazard alter-table-missing: fails 1146
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE user ADD COLUMN x int; --!

=== hazard modify-missing: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users MODIFY agee bigint; --!

=== hazard change-missing: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users CHANGE agee old bigint; --!

=== hazard rename-column-missing: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users RENAME COLUMN agee TO old; --!

=== hazard rename-index-missing: fails 1176
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users RENAME INDEX agee TO old; --!

=== hazard set-default-missing: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users ALTER COLUMN agee SET DEFAULT 1; --!

=== hazard rename-missing: fails 1146
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
RENAME TABLE user TO people; --!

=== hazard index-of-missing-column: fails 1072
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
CREATE INDEX i ON users (agee); --!

=== hazard key-to-missing-column: fails 1072
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
ALTER TABLE users ADD FOREIGN KEY (boss_id) REFERENCES users (id); --!

=== hazard insert-into-missing: fails 1146
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
INSERT INTO user (id) VALUES (1); --!

=== hazard update-missing-column: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
UPDATE users SET agee = 1 WHERE id = 1; --!

=== hazard insert-missing-column: fails 1054
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
INSERT INTO users (id, emial) VALUES (1, 'a'); --!

=== hazard trigger-of-missing-table: fails 1146
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int);
---
CREATE TRIGGER tr BEFORE INSERT ON user FOR EACH ROW SET NEW.age = 1; --!

=== harmless recreate
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int, KEY users_email (email)); CREATE VIEW v AS SELECT id FROM users;
---
CREATE OR REPLACE VIEW v AS SELECT email, id FROM users;
CREATE TABLE IF NOT EXISTS users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int, KEY users_email (email));
CREATE INDEX IF NOT EXISTS users_email ON users (email);
CREATE OR REPLACE INDEX users_email ON users (email, age);
ALTER TABLE users ADD COLUMN IF NOT EXISTS age int;
DROP TABLE IF EXISTS nothing;
ALTER TABLE users DROP COLUMN IF EXISTS nothing;
ALTER TABLE users DROP INDEX IF EXISTS nothing;
ALTER TABLE IF EXISTS nothing ADD COLUMN x int;

=== harmless swap-index
CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100), age int, KEY users_email (email));
---
ALTER TABLE users DROP KEY users_email, ADD KEY users_email (email, age);

=== hazard moved-away-between: loses SELECT count(*) FROM audit
CREATE TABLE audit (id bigint PRIMARY KEY); INSERT INTO audit VALUES (1);
---
SELECT 1;
RENAME TABLE audit TO audit_2024; --!
CREATE TABLE audit LIKE audit_2024;

=== harmless trigger-made-anew
CREATE TABLE users (id bigint PRIMARY KEY, age int); CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1;
---
DROP TRIGGER IF EXISTS tr;
CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 2;

=== harmless index-kept-by-its-other-column
CREATE TABLE users (id bigint PRIMARY KEY, age int, city int, n int, KEY both_of (age, city)); ALTER TABLE users DROP COLUMN city;
---
ALTER TABLE users DROP KEY both_of;

=== harmless rows-of-several-tables
CREATE TABLE users (id bigint PRIMARY KEY, age int); CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint, title varchar(10));
---
UPDATE users u JOIN posts p ON p.user_id = u.id SET p.title = 'x' WHERE u.id = 7;
DELETE p FROM posts p JOIN users u ON p.user_id = u.id WHERE u.id = 7;
INSERT INTO posts (id, user_id) SELECT id + 100, id FROM users WHERE age = 7;
UPDATE `users` SET `AGE` = 7 WHERE ID = 7;

=== harmless made-and-named-in-one
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ADD COLUMN city int, ADD COLUMN zip int AFTER city;
ALTER TABLE users RENAME COLUMN zip TO code;
ALTER TABLE users ADD KEY users_code (code);

=== hazard inserted-before: fails 1062
CREATE TABLE plans (id int AUTO_INCREMENT PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY codes (code)); INSERT INTO plans (code) VALUES ('free'), ('team');
---
-- once more
INSERT INTO plans --!
  (id, code)
VALUES
  (30, "pro"),
  (31, 'team');

=== hazard inserted-before-by-set: fails 1062
CREATE TABLE plans (id int PRIMARY KEY, code varchar(20)); INSERT INTO plans SET id = 4, code = 'a';
---
INSERT INTO plans VALUES (3, 'b'), (4, 'b'); --!

=== hazard inserted-before-composite: fails 1062
CREATE TABLE plans (id int, region varchar(9), PRIMARY KEY (id, region)); INSERT INTO plans VALUES (1, 'eu');
---
ALTER TABLE plans ADD COLUMN note varchar(20), ALGORITHM=INSTANT;
INSERT INTO plans (region, id) VALUES ('eu', 1); --!

=== harmless inserted-and-ignored
CREATE TABLE plans (id int PRIMARY KEY, code varchar(20)); INSERT INTO plans VALUES (1, 'a');
---
INSERT IGNORE INTO plans VALUES (1, 'b');
INSERT INTO plans VALUES (1, 'b') ON DUPLICATE KEY UPDATE code = VALUES(code);
INSERT INTO plans SELECT 1, 'c' FROM dual WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 1);

=== harmless inserted-after-delete-of-two
CREATE TABLE plans (id int PRIMARY KEY, code varchar(20)); CREATE TABLE users (id int PRIMARY KEY); INSERT INTO plans VALUES (1, 'a'); INSERT INTO users VALUES (1);
---
DELETE users, plans FROM users JOIN plans ON plans.id = users.id WHERE users.id = 1;
INSERT INTO plans VALUES (1, 'b');

=== harmless numbered-by-zero
CREATE TABLE plans (id int AUTO_INCREMENT PRIMARY KEY, code varchar(20)); INSERT INTO plans VALUES (0, 'a');
---
INSERT INTO plans VALUES (0, 'b'), (NULL, 'c'), (DEFAULT, 'd');

=== hazard all-rows-by-a-condition: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2);
---
# all of them
DELETE FROM t --!
WHERE 1 = 1;

=== hazard row-without-required: fails 1364
CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, email varchar(50) NOT NULL, age int);
---
INSERT INTO users (age) VALUES (3); --!

=== hazard row-with-null: fails 1048
CREATE TABLE users (id int PRIMARY KEY, email varchar(50) NOT NULL);
---
INSERT INTO users VALUES (1, NULL); --!

=== hazard row-too-long: fails 1406
CREATE TABLE users (id int PRIMARY KEY, code varchar(3));
---
INSERT INTO users (id, code) --!
VALUES (1, 'abc'), (2, 'abcd');

=== hazard row-out-of-range: fails 1264
CREATE TABLE users (id int unsigned PRIMARY KEY, n tinyint);
---
INSERT INTO users (id, n) VALUES (1, 128); --!

=== hazard row-below-zero: fails 1264
CREATE TABLE users (id int unsigned PRIMARY KEY, n tinyint);
---
INSERT INTO users SET id = -1, n = 2; --!

=== hazard row-of-no-number: fails 1366
CREATE TABLE users (id int PRIMARY KEY, n int);
---
INSERT INTO users (id, n) VALUES (1, 'none'); --!

=== hazard more-values-than-columns: fails 1136
CREATE TABLE users (id int PRIMARY KEY, n int);
---
INSERT INTO users VALUES (1, 2, 3); --!

=== hazard fewer-values-than-named: fails 1136
CREATE TABLE users (id int PRIMARY KEY, n int);
---
INSERT INTO users (id, n) VALUES (1, 2), (3); --!

=== harmless rows-that-fit
CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, m enum('a', 'b') NOT NULL, at timestamp NOT NULL DEFAULT current_timestamp(), n tinyint unsigned, c varchar(3), twice int AS (n * 2) VIRTUAL, hidden int NOT NULL DEFAULT 1 INVISIBLE);
---
INSERT INTO users () VALUES ();
INSERT INTO users (id, n, c, at) VALUES (NULL, 255, 'abc   ', DEFAULT), (0, '7', 'a\'b', DEFAULT);
INSERT INTO users VALUES (9, 'b', '2024-01-01', NULL, '', DEFAULT);

=== hazard delete-takes-children: loses SELECT count(*) FROM pets
CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE pets (id int PRIMARY KEY, owner int, FOREIGN KEY (owner) REFERENCES users (id) ON DELETE CASCADE); INSERT INTO users VALUES (1); INSERT INTO pets VALUES (1, 1);
---
DELETE FROM users WHERE id = 1; --!

=== harmless delete-restricted
CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE pets (id int PRIMARY KEY, owner int, FOREIGN KEY (owner) REFERENCES users (id) ON DELETE RESTRICT); INSERT INTO users VALUES (1), (2); INSERT INTO pets VALUES (1, 1);
---
DELETE FROM users WHERE id = 2;

=== hazard view-replaced-without-a-column: breaks SELECT age FROM names
CREATE TABLE users (id int PRIMARY KEY, email varchar(50), age int); CREATE VIEW names AS SELECT id, email, age FROM users;
---
CREATE OR REPLACE VIEW names AS --!
SELECT id, email FROM users;

=== hazard view-altered-without-a-column: breaks SELECT age FROM names
CREATE TABLE users (id int PRIMARY KEY, email varchar(50), age int); CREATE VIEW names AS SELECT u.id, u.email, u.age FROM users u;
---
ALTER VIEW names AS SELECT `id`, `email` AS `mail`, age + 1 AS years FROM users; --!

=== harmless view-altered
CREATE TABLE users (id int PRIMARY KEY, email varchar(50), age int); CREATE VIEW names AS SELECT id, email, age FROM users;
---
ALTER VIEW names AS SELECT `u`.`age`, lower(email) AS `email`, u.id FROM users u;

=== hazard converted-to-a-collation-that-tells-no-case: fails 1062
CREATE TABLE codes (id bigint PRIMARY KEY, code varchar(20) NOT NULL UNIQUE) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO codes VALUES (1, 'A'), (2, 'a');
---
ALTER TABLE codes CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; --!

=== harmless rows-that-a-scratch-table-names
CREATE TABLE stock (id bigint PRIMARY KEY, n int); INSERT INTO stock VALUES (1, -1), (2, 1);
CREATE TABLE wrong (id bigint PRIMARY KEY); INSERT INTO wrong VALUES (1);
---
UPDATE stock SET n = 0 WHERE id IN (SELECT id FROM wrong);
