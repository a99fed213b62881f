-- Cases of SQL for SQLite with what the engine does. A test runs every one of them on the SQLite that the command brings, and
-- `cargo schema check` over all.
--
--   === hazard NAME: CLAIM           or   === harmless NAME
--   what an earlier revision did
--   ---                              or   --- outside (run_in_transaction = false), --- fresh (nothing is released)
--   the revision that is looked at; `--!` ends the line that must be found
--
-- Claims: `fails TEXT`, `loses QUERY` (a number), `breaks STATEMENT`, `spoils QUERY`, `runs`.
-- A harmless case runs, loses no row, column, index, trigger or view, leaves every view readable and no key without its row.

=== hazard add-not-null: fails NOT NULL column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN phone TEXT NOT NULL; --!

=== hazard add-not-null-quoted-lower: fails NOT NULL column
CREATE TABLE "order" ("group" INTEGER PRIMARY KEY); INSERT INTO "order" VALUES (1);
---
-- now
alter table [order]
  add `select` integer not null; --!

=== hazard add-not-null-default-null: fails NOT NULL column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE main.users ADD phone TEXT NOT NULL DEFAULT NULL; --!

=== hazard add-not-null-after-quiet-one: fails NOT NULL column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE logs (id INTEGER PRIMARY KEY);
ALTER TABLE logs ADD COLUMN n INTEGER NOT NULL;
ALTER TABLE users ADD COLUMN n INTEGER NOT NULL; --!

=== hazard add-current-timestamp: fails non-constant default
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN created_at TEXT DEFAULT CURRENT_TIMESTAMP; --!

=== hazard add-datetime-now: fails non-constant default
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN created_at DATETIME NOT NULL DEFAULT (datetime('now')); --!

=== hazard add-default-expression: fails non-constant default
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN token TEXT DEFAULT (hex(randomblob(8))); --!

=== hazard add-stored: fails cannot add a STORED
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN domain TEXT GENERATED ALWAYS AS (lower(email)) STORED; --!

=== hazard add-unique: fails Cannot add a UNIQUE
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN phone TEXT UNIQUE; --!

=== hazard add-primary-key: fails Cannot add a PRIMARY KEY
CREATE TABLE t (a TEXT);
---
ALTER TABLE t ADD COLUMN id INTEGER PRIMARY KEY; --!

=== hazard add-references-default: fails REFERENCES column with non-NULL default
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN boss INTEGER NOT NULL DEFAULT 1 REFERENCES users (id); --!

=== hazard add-check-null: fails CHECK constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN level INTEGER CHECK (level IS NOT NULL); --!

=== hazard add-check-default: fails CHECK constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('open', 'closed')); --!

=== hazard add-check-other-column: fails CHECK constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN level INTEGER CHECK (age > 1); --!

=== hazard drop-column: loses SELECT count(age) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-short: loses SELECT count(age) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
alter table users
drop age; --!

=== hazard drop-column-indexed: fails error in index
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (age);
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-partial-index: fails error in index
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email) WHERE age > 1;
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-in-check: fails no such column
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, CHECK (a < b));
---
ALTER TABLE t DROP COLUMN a; --!

=== hazard drop-column-primary: fails PRIMARY KEY
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users DROP COLUMN id; --!

=== hazard drop-column-in-view: fails error in view
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email, age FROM users;
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-in-trigger: fails error in trigger
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (n INTEGER); CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.age); END;
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-generated: fails error in table
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2));
---
ALTER TABLE t DROP COLUMN a; --!

=== hazard drop-column-foreign-key: fails unknown column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER , title TEXT, FOREIGN KEY (user_id) REFERENCES users (id));
INSERT INTO posts VALUES (1, 1, 'x');
---
ALTER TABLE posts DROP COLUMN user_id; --!

=== hazard drop-table: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DROP TABLE IF EXISTS users; --!

=== hazard drop-table-cascades: loses SELECT count(*) FROM posts
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
DROP TABLE users; --!

=== hazard drop-table-and-make-it-anew: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DROP TABLE users; --!
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);

=== hazard drop-table-of-view: breaks SELECT * FROM v
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
DROP TABLE users; --!

=== hazard drop-view: breaks SELECT * FROM v
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
DROP VIEW v; --!

=== hazard drop-trigger: loses SELECT count(*) FROM sqlite_master WHERE type = 'trigger'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (n INTEGER); CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.age); END;
---
DROP TRIGGER t; --!

=== hazard drop-unique-index: breaks INSERT INTO users VALUES (1, 'a', 1) ON CONFLICT (email) DO NOTHING
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE UNIQUE INDEX i ON users (email);
---
DROP INDEX i; --!

=== hazard rename-table: breaks SELECT * FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users RENAME TO people; --!

=== hazard rename-column: breaks SELECT email FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users RENAME COLUMN email TO mail; --!

=== hazard rename-column-quoted: breaks SELECT [e mail] FROM u
CREATE TABLE u ("e mail" TEXT); INSERT INTO u VALUES (1);
---
ALTER TABLE u RENAME "E Mail" TO mail; --!

=== hazard delete-all: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users; --!

=== hazard delete-where-true: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users WHERE 1; --!

=== hazard update-all: spoils SELECT max(age) = 2 FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET age = 0; --!

=== hazard replace-cascades: loses SELECT count(*) FROM posts
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
INSERT OR REPLACE INTO users (id, email, age) VALUES (1, 'z', 1); --!

=== hazard replace-forgets: loses SELECT count(age) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
REPLACE INTO users (id, email) VALUES (1, 'z'); --!

=== hazard update-cast: loses SELECT count(*) FROM users WHERE email = 'a'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET email = CAST(email AS INTEGER) WHERE id < 9; --!

=== hazard double-quoted-condition: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users WHERE "emial" <> 'a'; --!

=== hazard double-quoted-default: runs

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY,
  state TEXT DEFAULT "new" --!
);

=== hazard double-quoted-index: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE INDEX i ON users ("emial"); --!

=== hazard unique-index-over-doubles: fails UNIQUE constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO users VALUES (3, 'a', 3);
---
CREATE UNIQUE INDEX i ON users (email); --!

=== hazard int-primary-key: loses SELECT count(id) FROM t

---
CREATE TABLE t (
  id INT PRIMARY KEY, --!
  n TEXT
);
INSERT INTO t (n) VALUES ('a');

=== hazard integer-primary-key-desc: loses SELECT count(id) FROM t

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY DESC, --!
  n TEXT
);
INSERT INTO t (n) VALUES ('a');

=== hazard string-type: loses SELECT count(*) FROM t WHERE typeof(code) = 'text'

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY,
  code STRING --!
);
INSERT INTO t VALUES (1, '007');

=== hazard strict-type: fails unknown datatype

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY,
  at TIMESTAMP --!
) STRICT;

=== hazard autoincrement-int: fails AUTOINCREMENT is only allowed

---
CREATE TABLE t (id INT PRIMARY KEY AUTOINCREMENT); --!

=== hazard without-rowid-without-key: fails PRIMARY KEY missing

---
CREATE TABLE t (a TEXT) WITHOUT ROWID; --!

=== hazard key-to-missing-table: fails no such table

---
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER REFERENCES user (id) --!
);
INSERT INTO posts VALUES (1, 1);

=== hazard key-mismatch: fails foreign key mismatch
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author TEXT,
  FOREIGN KEY (author) REFERENCES users (email) --!
);
INSERT INTO posts VALUES (1, 'a');

=== hazard key-loses-its-index: breaks INSERT INTO posts VALUES ('a')
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE UNIQUE INDEX i ON users (email); CREATE TABLE posts (author TEXT REFERENCES users (email));
---
DROP INDEX i; --!

=== hazard conflict-replace: loses SELECT count(x) FROM t

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY,
  n TEXT UNIQUE ON CONFLICT REPLACE, --!
  x TEXT
);
INSERT INTO t VALUES (1, 'a', 'x');
INSERT INTO t (n) VALUES ('a');

=== hazard check-now: runs

---
CREATE TABLE t (
  id INTEGER PRIMARY KEY,
  due TEXT CHECK (due > datetime('now')) --!
);

=== hazard index-now: fails non-deterministic
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE INDEX i ON users (email) WHERE age < unixepoch(); --!

=== hazard view-of-missing: fails no such table
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIEW v AS SELECT email FROM user; --!
SELECT * FROM v;

=== hazard trigger-of-missing: breaks UPDATE users SET age = 1 WHERE id = 1
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TRIGGER t AFTER UPDATE ON users --!
BEGIN
  INSERT INTO logs VALUES (new.id);
END;

=== hazard alter-type: fails syntax error
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age TYPE TEXT; --!

=== hazard add-constraint: fails syntax error
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD CONSTRAINT u UNIQUE (email); --!

=== hazard add-if-not-exists: fails syntax error
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN IF NOT EXISTS phone TEXT; --!

=== hazard create-or-replace-view: fails syntax error
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE OR REPLACE VIEW v AS SELECT 1; --!

=== hazard truncate: fails syntax error
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
TRUNCATE TABLE users; --!

=== hazard writable-schema: spoils SELECT sql NOT LIKE '%CHECK%' FROM sqlite_schema WHERE name = 'users'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
PRAGMA writable_schema = ON; --!
UPDATE sqlite_schema SET sql = replace(sql, 'age INTEGER', 'age INTEGER CHECK (age > 0)') WHERE name = 'users';

=== hazard schema-text-edited: spoils SELECT sql NOT LIKE '%CHECK%' FROM sqlite_schema WHERE name = 'users'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'age INTEGER', 'age INTEGER CHECK (age > 0)') WHERE name = 'users'; --!

=== hazard foreign-keys-on-in-transaction: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
PRAGMA foreign_keys = ON; --!
INSERT INTO users (id) VALUES (7);

=== hazard synchronous-off: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
PRAGMA synchronous = OFF; --!

=== hazard legacy-rename: breaks SELECT * FROM v
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
PRAGMA legacy_alter_table = ON; --!
ALTER TABLE users RENAME TO people;

=== hazard vacuum-in-transaction: fails cannot VACUUM
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
VACUUM; --!

=== hazard rebuild-loses-trigger: loses SELECT count(*) FROM sqlite_master WHERE type = 'trigger'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (n INTEGER); CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.id); END;
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-loses-index: loses SELECT count(*) FROM sqlite_master WHERE type = 'index'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-loses-partial-index: loses SELECT count(*) FROM sqlite_master WHERE name = 'j'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email); CREATE INDEX j ON users (email) WHERE age > 1;
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;
CREATE INDEX i ON users (email);

=== hazard rebuild-loses-view: breaks SELECT * FROM v
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
DROP VIEW v; --!
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-with-view-fails: fails error in view
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users; --!

=== hazard rebuild-with-trigger-elsewhere-fails: fails error in trigger
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE o (a INTEGER); CREATE TRIGGER t AFTER INSERT ON o BEGIN UPDATE users SET age = 1 WHERE id = new.a; END;
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users; --!

=== hazard rebuild-loses-column: loses SELECT count(age) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT);
INSERT INTO users_new SELECT id, email FROM users;
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-leaves-values: loses SELECT count(age) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users_new (id, email) SELECT id, email FROM users; --!
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-some-rows: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users_new SELECT * FROM users WHERE age > 1; --!
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-without-copy: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-loses-sequence: loses SELECT seq FROM sqlite_sequence WHERE name = 't'
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT); INSERT INTO t (n) VALUES ('a'), ('b'); DELETE FROM t WHERE id = 2;
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-strict: spoils SELECT strict FROM pragma_table_list('t')
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT;
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-without-rowid: spoils SELECT wr FROM pragma_table_list('t')
CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
---
CREATE TABLE t2 (id TEXT PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-collation: loses SELECT count(*) FROM t WHERE n = 'A'
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'a');
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n TEXT NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-check: spoils SELECT sql LIKE '%CHECK%' FROM sqlite_master WHERE name = 't'
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, CHECK (n > 0));
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-unique: breaks INSERT INTO t (n) VALUES (5) ON CONFLICT (n) DO NOTHING
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE);
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n INTEGER);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard rebuild-loses-foreign-key: spoils SELECT count(*) FROM pragma_foreign_key_list('posts')
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
CREATE TABLE p2 (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT NOT NULL);
INSERT INTO p2 SELECT id, user_id, title FROM posts;
DROP TABLE posts; --!
ALTER TABLE p2 RENAME TO posts;

=== hazard rebuild-as-select: spoils SELECT sql LIKE '%PRIMARY KEY%' FROM sqlite_master WHERE name = 'users'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new AS SELECT * FROM users;
DROP TABLE users; --!
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-unrecognised-cascades: loses SELECT count(*) FROM posts
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
CREATE TABLE backup AS SELECT * FROM users;
DROP TABLE users; --!
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users SELECT * FROM backup;
DROP TABLE backup;

=== hazard rebuild-renames-old-first: spoils SELECT sql LIKE '%REFERENCES users%' FROM sqlite_master WHERE name = 'posts'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), title TEXT);
---
ALTER TABLE users RENAME TO users_old; --!
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users SELECT * FROM users_old;
DROP TABLE users_old;

=== hazard rebuild-casts: loses SELECT count(*) FROM users WHERE email = 'a'
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email INTEGER, age INTEGER);
INSERT INTO users_new SELECT id, cast(email AS integer), age FROM users; --!
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== hazard rebuild-loses-default: breaks INSERT INTO t (id) VALUES (9)
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0);
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
INSERT INTO t2 SELECT id, n FROM t;
DROP TABLE t; --!
ALTER TABLE t2 RENAME TO t;

=== hazard duplicate-index: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email);
---
CREATE INDEX j ON users ("Email"); --!

=== hazard redundant-index: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email, age);
---
CREATE INDEX j ON users (email); --!

=== hazard unknown-collation: fails no such collation

---
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE unicode); --!

=== hazard attach: spoils SELECT count(*) = 1 FROM pragma_database_list
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ATTACH ':memory:' AS other; --!

=== harmless ordinary-table

---
CREATE TABLE users (
  id INTEGER PRIMARY KEY NOT NULL,
  email VARCHAR(255) NOT NULL UNIQUE,
  is_admin BOOLEAN NOT NULL DEFAULT FALSE,
  score REAL,
  avatar BLOB,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

=== harmless autoincrement-table

---
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, price DECIMAL(10, 2) NOT NULL, day DATE, n BIGINT, s SMALLINT, d DOUBLE, f FLOAT);

=== harmless text-key

---
CREATE TABLE t (code TEXT NOT NULL PRIMARY KEY, n INTEGER) WITHOUT ROWID;

=== harmless bigint-key-not-null

---
CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n TEXT);

=== harmless strict-table

---
CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT (datetime('now')), x ANY) STRICT;

=== harmless composite-key
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE pairs (user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, tag TEXT NOT NULL, PRIMARY KEY (user_id, tag));

=== harmless table-with-foreign-key
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);

=== harmless key-to-primary-key-implied
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);

=== harmless self-reference

---
CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree (id), CHECK (parent <> id));

=== harmless keys-in-a-circle

---
CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id));
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));

=== harmless key-to-unique-index
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE codes (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE uses (id INTEGER PRIMARY KEY, code TEXT REFERENCES codes (code));

=== harmless generated-columns

---
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2) STORED, c TEXT GENERATED ALWAYS AS (upper(a)) VIRTUAL);

=== harmless add-nullable
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN phone TEXT;

=== harmless add-constant-default
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'new';
ALTER TABLE users ADD COLUMN ratio REAL DEFAULT (-1.5);
ALTER TABLE users ADD COLUMN flag BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN raw BLOB DEFAULT x'00';

=== harmless add-virtual
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN domain TEXT GENERATED ALWAYS AS (lower(email)) VIRTUAL;

=== harmless add-references
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN boss INTEGER REFERENCES users (id);

=== harmless add-check-that-holds
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'));

=== harmless add-check-null-holds
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN level INTEGER CHECK (level BETWEEN 1 AND 5);

=== harmless add-not-null-to-fresh

---
CREATE TABLE t (id INTEGER PRIMARY KEY);
ALTER TABLE t ADD COLUMN n TEXT NOT NULL;

=== harmless add-timestamp-to-fresh
CREATE TABLE t (id INTEGER PRIMARY KEY);
--- fresh
ALTER TABLE t ADD COLUMN at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP;

=== harmless drop-own-column

---
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);
ALTER TABLE t DROP COLUMN n;

=== harmless rename-own-column

---
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);
ALTER TABLE t RENAME COLUMN n TO m;
ALTER TABLE t RENAME TO u;

=== harmless drop-fresh-table
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- fresh
DROP TABLE users;

=== harmless rename-fresh-table
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- fresh
ALTER TABLE users RENAME TO people;

=== harmless drop-missing
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DROP TABLE IF EXISTS user;
DROP VIEW IF EXISTS v;
DROP INDEX IF EXISTS i;
DROP TRIGGER IF EXISTS t;

=== harmless scratch-table
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TEMP TABLE scratch AS SELECT * FROM users;
UPDATE scratch SET age = 0;
DELETE FROM scratch;
DROP TABLE scratch;

=== harmless index
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE INDEX users_email ON users (email);

=== harmless index-forms
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE INDEX IF NOT EXISTS main.a ON users (lower(email) COLLATE NOCASE DESC, age);
CREATE INDEX b ON users (age) WHERE email IS NOT NULL;
CREATE INDEX c ON users (email COLLATE NOCASE);

=== harmless unique-index-on-fresh

---
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);
CREATE UNIQUE INDEX t_n ON t (n);

=== harmless unique-index-on-added-column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE UNIQUE INDEX users_phone ON users (phone);

=== harmless drop-plain-index
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email); CREATE INDEX j ON users (age, email);
---
DROP INDEX i;
CREATE INDEX i ON users (email, id);

=== harmless different-indexes
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email);
---
CREATE INDEX j ON users (email) WHERE age > 3;
CREATE INDEX k ON users (age);
CREATE INDEX l ON users (email COLLATE NOCASE);

=== harmless view
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIEW adults AS SELECT id, email FROM users WHERE age > 17;

=== harmless view-replaced
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
DROP VIEW v;
CREATE VIEW v AS SELECT email, age FROM users;

=== harmless view-with-ctes
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIEW v AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3), old AS (SELECT * FROM users)
SELECT n.i, old.email, json_each.value FROM n, old, json_each('[1,2]') LEFT JOIN (SELECT id FROM users) AS u ON u.id = n.i;

=== harmless trigger
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE log (id INTEGER PRIMARY KEY, n INTEGER, at TEXT);
CREATE TRIGGER users_log AFTER UPDATE OF email ON users FOR EACH ROW WHEN new.email IS NOT old.email
BEGIN
  INSERT INTO log (n, at) VALUES (new.id, datetime('now'));
END;

=== harmless trigger-updated-at
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, updated_at TEXT);
---
CREATE TRIGGER t_updated AFTER UPDATE ON t BEGIN
  UPDATE t SET updated_at = CURRENT_TIMESTAMP WHERE id = new.id;
END;

=== harmless trigger-that-refuses
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TRIGGER no BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'DELETE FROM users; DROP TABLE users') WHERE old.age > 99; END;

=== harmless trigger-replaced
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE log (n INTEGER); CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.id); END;
---
DROP TRIGGER t;
CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log (n) VALUES (new.id); END;

=== harmless fts
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIRTUAL TABLE posts_fts USING fts5(title, body, tokenize = 'porter');
INSERT INTO posts_fts (title, body) VALUES ('a', 'b');
CREATE TRIGGER fill AFTER INSERT ON users BEGIN INSERT INTO posts_fts (title) VALUES (new.email); END;

=== harmless keywords-in-strings
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (email, age) VALUES ('DROP TABLE users; DELETE FROM users', 1);
/* ALTER TABLE users DROP COLUMN age; */
-- DROP TABLE users;
SELECT 'PRAGMA writable_schema = ON';

=== harmless quoted-keywords

---
CREATE TABLE "select" ("from" INTEGER PRIMARY KEY, [where] TEXT, `group` TEXT DEFAULT 'x', "order" INTEGER CHECK ("order" > 0));
CREATE INDEX "index" ON "select" ("where", [group]);
INSERT INTO "select" ("from", "where") VALUES (1, 'a');
UPDATE "select" SET "where" = 'b' WHERE "from" = 1;

=== harmless update-some
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET age = 0 WHERE age IS NULL;
DELETE FROM users WHERE id = 99;

=== harmless update-quoted
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE "users" SET "age" = 3 WHERE "id" = 1 AND "email" <> 'x';

=== harmless backfill-added-column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN name TEXT;
UPDATE users SET name = email WHERE name IS NULL;

=== harmless insert-seed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email, age) VALUES (10, 'x', 1), (11, 'y', 2);
INSERT OR IGNORE INTO users (id, email) VALUES (10, 'z');

=== harmless upsert
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
INSERT INTO users (id, email) VALUES (1, 'z') ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE age > 0;

=== harmless replace-without-children
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
INSERT OR REPLACE INTO posts (id, user_id, title) VALUES (1, 2, 'y');

=== harmless insert-select
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE archive (id INTEGER PRIMARY KEY, email TEXT);
INSERT INTO archive (id, email) SELECT id, email FROM users WHERE age > 1;

=== harmless cast-to-text
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET email = CAST(age AS TEXT) WHERE id = 1;
SELECT CAST(email AS INTEGER) FROM users;

=== harmless pragma-asked
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
PRAGMA foreign_key_check;
PRAGMA table_info(users);

=== harmless pragma-user-version
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
PRAGMA user_version = 7;
PRAGMA application_id = 5;

=== harmless defer-foreign-keys
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
PRAGMA defer_foreign_keys = ON;
INSERT INTO posts (id, user_id) VALUES (5, 9);
INSERT INTO users (id) VALUES (9);

=== harmless analyze
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ANALYZE users;
REINDEX users;
PRAGMA optimize;

=== harmless wal-outside
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
PRAGMA journal_mode = WAL;

=== harmless outside-transaction
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
BEGIN;
CREATE TABLE t (id INTEGER PRIMARY KEY);
COMMIT;

=== harmless rebuild
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, coalesce(email, ''), age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== harmless rebuild-with-children
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA foreign_key_check;
PRAGMA foreign_keys = ON;

=== harmless rebuild-with-everything
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x'); CREATE INDEX i ON users (email); CREATE INDEX j ON users (age) WHERE email IS NOT NULL; CREATE TABLE log (n INTEGER); CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.id); END; CREATE VIEW v AS SELECT email FROM users;
---
DROP VIEW v;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE INDEX i ON users (email);
CREATE INDEX j ON users (age) WHERE email IS NOT NULL;
CREATE TRIGGER t AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (old.id); END;
CREATE VIEW v AS SELECT email FROM users;

=== harmless rebuild-with-sequence
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT); INSERT INTO t (n) VALUES ('a'), ('b'); DELETE FROM t WHERE id = 2;
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT NOT NULL);
INSERT INTO t2 (id, n) SELECT id, n FROM t;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 't') WHERE name = 't2';
DROP TABLE t;
ALTER TABLE t2 RENAME TO t;

=== harmless rebuild-strict-collated
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE CHECK (n <> '')) STRICT; INSERT INTO t VALUES (1, 'a');
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, n TEXT NOT NULL COLLATE NOCASE CHECK (n <> '')) STRICT;
INSERT INTO t2 SELECT * FROM t;
DROP TABLE t;
ALTER TABLE t2 RENAME TO t;

=== harmless rebuild-adds-column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER CHECK (age > 0), created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

=== harmless rebuild-legacy
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT email FROM users;
---
PRAGMA legacy_alter_table = ON;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA legacy_alter_table = OFF;

=== harmless rebuild-of-child
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
---
CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts_new SELECT id, user_id, title FROM posts;
DROP TABLE posts;
ALTER TABLE posts_new RENAME TO posts;

=== harmless rebuild-through-temporary
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TEMPORARY TABLE backup AS SELECT * FROM users;
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER, phone TEXT);
INSERT INTO users (id, email, age) SELECT id, email, age FROM backup;
DROP TABLE backup;

=== harmless rebuild-old-first-alone
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
INSERT INTO users SELECT id, email, age FROM users_old;
DROP TABLE users_old;

=== harmless rebuild-outside
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x');
--- outside
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '', age INTEGER);
INSERT INTO users_new (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
COMMIT;
PRAGMA foreign_keys = ON;

=== harmless rebuild-as-generated
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
INSERT INTO posts VALUES (1, 1, 'x'); CREATE VIEW v AS SELECT email FROM users; CREATE INDEX i ON users (email DESC) WHERE age > 1;
---
CREATE TABLE __guard (is_sound CONSTRAINT "foreign keys must be off" CHECK (is_sound));
INSERT INTO __guard SELECT 0 FROM pragma_foreign_keys WHERE foreign_keys LIMIT 1;
DROP TABLE __guard;
DROP VIEW v;
CREATE TABLE __guard (is_sound CONSTRAINT "a row has no email" CHECK (is_sound));
INSERT INTO __guard SELECT 0 FROM users WHERE email IS NULL LIMIT 1;
DROP TABLE __guard;
CREATE TABLE __new_users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    age INTEGER
);
INSERT INTO __new_users (id, email, age)
SELECT id, email, age
FROM users;
DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
CREATE INDEX i ON users (email DESC) WHERE age > 1;
CREATE VIEW v AS SELECT email FROM users;

=== harmless explain
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
EXPLAIN QUERY PLAN DELETE FROM users;
SELECT count(*) FROM users;
VALUES (1), (2);

=== harmless window-and-returning
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (email) SELECT email || row_number() OVER (PARTITION BY age ORDER BY id ROWS UNBOUNDED PRECEDING) FROM users RETURNING id;

=== harmless double-quoted-alias
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIEW v AS SELECT u."email" AS "the mail", "age" FROM "users" AS "u";

=== harmless temporary-by-its-schema
CREATE TABLE plain (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO plain VALUES (1, 'a');
---
CREATE TEMP TABLE picked AS SELECT id FROM plain;
DELETE FROM picked;
DROP TABLE temp.picked;

=== harmless rebuilt-with-its-unique-index
CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT, year INT); INSERT INTO album VALUES (1, 'a', 1999), (2, 'b', 1999);
CREATE UNIQUE INDEX titles ON album (title, year);
---
CREATE TABLE album_new (id INTEGER PRIMARY KEY, title TEXT, year INT CHECK (year > 1900));
INSERT INTO album_new SELECT id, title, year FROM album;
DROP TABLE album;
ALTER TABLE album_new RENAME TO album;
CREATE UNIQUE INDEX titles ON album (title, year);

=== harmless dropped-to-be-sure
SELECT 1;
---
DROP TABLE IF EXISTS a;
CREATE TABLE a (id INTEGER PRIMARY KEY);

=== hazard update-or-replace: loses SELECT count(*) FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE OR REPLACE users SET email = 'a' WHERE id = 2; --!

=== hazard update-or-replace-shifts-keys: runs
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
SELECT 1;
UPDATE OR REPLACE users --!
SET id = id + 1 WHERE id > 0;

=== hazard rebuild-loses-not-null: spoils SELECT "notnull" FROM pragma_table_info('t') WHERE name = 'n'
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT, m TEXT NOT NULL);
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-nullable-default: spoils SELECT count(*) FROM pragma_table_info('t') WHERE name = 'n' AND dflt_value IS NOT NULL
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT DEFAULT 'open', m TEXT);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT, m TEXT NOT NULL);
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-column-check: spoils SELECT sql LIKE '%CHECK%' FROM sqlite_master WHERE name = 't'
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), m TEXT);
INSERT INTO t VALUES (1, 1, 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n INTEGER, m TEXT NOT NULL);
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loosens-check: spoils SELECT sql LIKE '%n > 0%' FROM sqlite_master WHERE name = 't'
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, m TEXT, CHECK (n > 0), CHECK (n < 100));
INSERT INTO t VALUES (1, 1, 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n INTEGER, m TEXT NOT NULL, CHECK (n < 100));
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-collate: loses SELECT count(*) FROM t WHERE n = 'A'
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL COLLATE NOCASE, m TEXT);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT NOT NULL);
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-autoincrement: spoils SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE name = 't'
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT);
INSERT INTO t (n) VALUES ('a'), ('b'); DELETE FROM t WHERE n = 'b';
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT NOT NULL);
INSERT INTO t_new SELECT id, coalesce(n, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-generated: spoils SELECT count(*) FROM pragma_table_xinfo('t') WHERE hidden > 0
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2));
INSERT INTO t (a) VALUES (1);
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER);
INSERT INTO t_new SELECT id, a, b FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loses-trigger-elsewhere-by-old-name: loses SELECT count(*) FROM sqlite_master WHERE type = 'trigger'
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE log (n TEXT);
CREATE TRIGGER t_ins AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.n); END;
CREATE TRIGGER t_del AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.n); END;
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT NOT NULL);
INSERT INTO t_new SELECT id, coalesce(n, '') FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;
CREATE TRIGGER t_ins AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.n); END;

=== hazard rebuild-loses-one-of-two-indexes: loses SELECT count(*) FROM sqlite_master WHERE type = 'index'
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, m TEXT);
CREATE INDEX t_n ON t (n); CREATE INDEX t_m ON t (m);
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT);
INSERT INTO t_new SELECT id, coalesce(n, ''), m FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;
CREATE INDEX t_n ON t (n);

=== hazard insert-duplicate-key: fails UNIQUE constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email, age) VALUES (1, 'c', 3); --!

=== hazard insert-missing-required: fails NOT NULL constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, age) VALUES (3, 3); --!

=== hazard insert-column-missing: fails no column named
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, emial) VALUES (3, 'c'); --!

=== hazard update-column-missing: fails no such column
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET emial = 'c' WHERE id = 1; --!

=== hazard insert-too-few-values: fails has 3 columns but 2 values
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users VALUES (3, 'c'); --!

=== hazard update-generated: fails cannot UPDATE generated
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2));
INSERT INTO t (a) VALUES (1);
---
UPDATE t SET b = 3 WHERE id = 1; --!

=== hazard rename-to-existing: fails there is already another table
CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY);
---
ALTER TABLE a RENAME TO b; --!

=== hazard rename-column-to-existing: fails duplicate column name
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);
---
ALTER TABLE a RENAME COLUMN x TO y; --!

=== hazard create-existing: fails already exists
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);
---
CREATE TABLE A (id INTEGER PRIMARY KEY); --!

=== hazard create-index-existing: fails already exists
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE INDEX i ON a (x);
---
CREATE INDEX i ON a (y); --!

=== hazard create-trigger-existing: fails already exists
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; END;
---
CREATE TRIGGER tr AFTER DELETE ON a BEGIN SELECT 1; END; --!

=== hazard index-named-as-table: fails already a table named
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);
---
CREATE INDEX a ON a (y); --!

=== hazard add-existing-column: fails duplicate column name
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);
---
ALTER TABLE a ADD COLUMN X TEXT; --!

=== hazard table-with-one-column-twice: fails duplicate column name
---
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, x TEXT); --!

=== hazard two-primary-keys: fails more than one primary key
---
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, PRIMARY KEY (x)); --!

=== hazard drop-unique-column: fails cannot drop UNIQUE column
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT UNIQUE, y TEXT);
---
ALTER TABLE a DROP COLUMN x; --!

=== hazard drop-last-column: fails no other columns exist
CREATE TABLE a (x TEXT);
---
ALTER TABLE a DROP COLUMN x; --!

=== hazard trigger-of-missing-column: breaks INSERT INTO a (x) VALUES ('a')
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE TABLE log (n TEXT);
---
CREATE TRIGGER tr AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.z); END; --!

=== hazard drop-view-as-table: fails use DROP VIEW
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE VIEW v AS SELECT x FROM a;
---
DROP TABLE v; --!

=== hazard update-set-null: loses SELECT count(x) FROM a
CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER);
INSERT INTO a VALUES (1, 1);
---
UPDATE a SET x = NULL; --!

=== hazard drop-if-exists-existing: loses SELECT count(*) FROM a
CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER);
INSERT INTO a VALUES (1, 1);
---
DROP TABLE IF EXISTS a; --!
CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, y TEXT);

=== hazard create-if-not-exists-differs: runs
CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER);
---
CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, y TEXT NOT NULL); --!

=== hazard multi-line-alter: fails NOT NULL column
CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER); INSERT INTO a VALUES (1, 1);
---
ALTER TABLE a
  ADD COLUMN y TEXT NOT NULL; --!

=== harmless multi-line-alter
CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER); INSERT INTO a VALUES (1, 1);
---
ALTER TABLE a
  ADD COLUMN y TEXT NOT NULL DEFAULT '';

=== harmless update-or-ignore
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE OR IGNORE users SET email = 'a' WHERE id = 2;

=== harmless update-or-replace-no-unique
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE OR REPLACE users SET email = 'a' WHERE id = 2;

=== harmless rebuild-to-drop-not-null
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n TEXT, m TEXT);
INSERT INTO t_new SELECT id, n, m FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;

=== harmless rebuild-check-reworded
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), m TEXT);
INSERT INTO t VALUES (1, 1, 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, n INTEGER, m TEXT NOT NULL, CONSTRAINT positive CHECK (n >= 1));
INSERT INTO t_new SELECT id, n, coalesce(m, '') FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;

=== harmless delete-or
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER);
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users WHERE age > 90 OR age = 91;

=== harmless insert-fits
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT 'x', age INTEGER CHECK (age > 0));
INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, age) VALUES (3, 3);
INSERT INTO users (rowid, email) VALUES (4, 'd');
INSERT OR IGNORE INTO users (id, email) VALUES (1, 'd');
INSERT INTO users (id, email) SELECT 9, 'x' WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = 9);

=== harmless rebuild-loosens-one-column
CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT NOT NULL DEFAULT 'open', m TEXT NOT NULL);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, kind TEXT, m TEXT NOT NULL);
INSERT INTO t_new (id, kind, m) SELECT id, kind, m FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;

=== hazard rebuild-loosens-one-and-adds-another: spoils SELECT "notnull" FROM pragma_table_info('t') WHERE name = 'kind'
CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, m TEXT NOT NULL);
INSERT INTO t VALUES (1, 'a', 'b');
---
CREATE TABLE t_new (id INTEGER PRIMARY KEY, kind TEXT, m TEXT NOT NULL, n TEXT NOT NULL DEFAULT '');
INSERT INTO t_new (id, kind, m) SELECT id, kind, m FROM t;
DROP TABLE t; --!
ALTER TABLE t_new RENAME TO t;

=== hazard rename-waits-on-the-next-line: breaks SELECT email FROM users
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
---
ALTER TABLE users
  RENAME COLUMN email TO mail; --!

=== hazard add-stored-on-the-next-line: fails cannot add a STORED
CREATE TABLE people (id INTEGER PRIMARY KEY, first TEXT); INSERT INTO people VALUES (1, 'Ada');
---
ALTER TABLE people
  -- as it is shown
  ADD COLUMN shown TEXT GENERATED ALWAYS AS (upper(first)) STORED; --!

=== hazard foreign-alter-on-the-next-line: fails syntax error
CREATE TABLE people (id INTEGER PRIMARY KEY, first TEXT);
---
ALTER TABLE "people"
  ALTER COLUMN first TYPE INTEGER; --!

=== harmless vacuum-outside
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT); INSERT INTO logs VALUES (1, 'x');
--- outside
VACUUM;

=== harmless insert-after-delete
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL); INSERT INTO users VALUES (1, 'a'), (2, 'b');
---
DELETE FROM users WHERE id = 1;
INSERT INTO users (id, email) VALUES (1, 'c'), (NULL, 'd');

=== harmless trigger-of-rowid
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL); CREATE TABLE logs (n TEXT);
---
CREATE TRIGGER noted AFTER UPDATE OF email ON users WHEN old.email <> new.email BEGIN
  INSERT INTO logs VALUES (new.rowid || ' was old.name, is ' || new.email);
END;

=== harmless create-if-not-exists-alike
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
---
CREATE TABLE IF NOT EXISTS users (ID INTEGER PRIMARY KEY, Email TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS logs (n TEXT NOT NULL, id INTEGER PRIMARY KEY);
CREATE INDEX IF NOT EXISTS logs_n ON logs (n);

=== hazard inserted-before: fails UNIQUE constraint failed
CREATE TABLE plans (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE); INSERT INTO plans (code) VALUES ('free'), ('team');
---
-- once more
INSERT INTO plans (id, code) --!
VALUES (30, 'pro'),
       (31, 'team');

=== hazard inserted-before-in-another-spelling: fails UNIQUE constraint failed
CREATE TABLE plans (id INTEGER PRIMARY KEY, code TEXT); INSERT INTO Plans VALUES ('7', 'a');
---
INSERT INTO "plans" ("ID", code) VALUES (7, 'b'); --!

=== hazard inserted-before-and-indexed: fails UNIQUE constraint failed
CREATE TABLE plans (id INTEGER PRIMARY KEY, code TEXT); CREATE UNIQUE INDEX codes ON plans (code); INSERT INTO plans VALUES (1, 'a');
---
INSERT OR ABORT INTO plans VALUES (2, 'b');
INSERT INTO plans VALUES (3, 'a'); --!

=== harmless inserted-and-ignored
CREATE TABLE plans (id INTEGER PRIMARY KEY, code TEXT UNIQUE); INSERT INTO plans VALUES (1, 'a');
---
INSERT OR IGNORE INTO plans VALUES (2, 'a');
INSERT INTO plans VALUES (2, 'b');
INSERT INTO plans VALUES (2, 'c') ON CONFLICT DO NOTHING;
INSERT INTO plans SELECT 1, 'd' WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 1);

=== harmless inserted-where-the-table-settles-it
CREATE TABLE plans (id INTEGER PRIMARY KEY, code TEXT UNIQUE ON CONFLICT IGNORE); INSERT INTO plans VALUES (1, 'a');
---
INSERT INTO plans VALUES (2, 'a');

=== harmless copied-by-steps
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', 'y');
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);
INSERT INTO t2 (id, a) SELECT id, coalesce(a, '') FROM t;
UPDATE t2 SET b = (SELECT b FROM t WHERE t.id = t2.id) WHERE b IS NULL;
DROP TABLE t; ALTER TABLE t2 RENAME TO t;

=== hazard swapped-by-another-name: loses SELECT count(*) FROM t WHERE a = 'x'
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', 'y');
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL);
INSERT INTO t2 --!
SELECT o.id, ifnull(o.b, ''), ifnull(o.a, '') FROM t AS o;
DROP TABLE t; ALTER TABLE t2 RENAME TO t;

=== harmless filled-from-the-other
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', 'y');
---
CREATE TABLE t2 (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL);
INSERT INTO t2 (id, a, b) SELECT t.id, coalesce(t.a, t.b, ''), coalesce(t.b, t.a, '') FROM t;
DROP TABLE t; ALTER TABLE t2 RENAME TO t;

=== hazard fraction-cut-off: loses SELECT CAST(10 * sum(price) AS INTEGER) FROM items
CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL); INSERT INTO items VALUES (1, 1.5);
---
UPDATE items --!
SET price = CAST(price AS INTEGER)
WHERE id > 0;

=== hazard all-rows-by-a-condition: loses SELECT count(*) FROM t
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER); INSERT INTO t VALUES (1, 1), (2, 2);
---
-- all of them
WITH one AS (SELECT 1)
DELETE --!
FROM t
WHERE 1 = 1;

=== hazard write-to-view: fails because it is a view
CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER); CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17;
---
INSERT INTO adults (id, age) --!
VALUES (1, 18);

=== harmless write-to-view-by-trigger
CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER); CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17; CREATE TRIGGER older INSTEAD OF UPDATE ON adults BEGIN UPDATE users SET age = new.age WHERE id = new.id; END;
---
UPDATE adults SET age = 20 WHERE id = 1;

=== hazard row-without-required: fails NOT NULL constraint failed
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
---
INSERT INTO users (age, id) VALUES (3, 1); --!

=== hazard fewer-values-than-columns: fails has 3 columns but 2 values
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
---
INSERT INTO users VALUES (3, 'c'); --!

=== hazard more-values-than-named: fails 3 values for 2 columns
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);
---
INSERT INTO users (id, email) VALUES (3, 'c', 4); --!

=== harmless rows-that-fit
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(3) NOT NULL, n TINYINT, twice AS (n * 2));
---
INSERT INTO users VALUES (NULL, 'abcdef', 70000), ('7', 'a', 'none');
INSERT INTO users (email) VALUES ('x');

=== hazard view-without-a-column: breaks SELECT age FROM names
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); CREATE VIEW names AS SELECT id, email, age FROM users;
---
DROP VIEW names;
CREATE VIEW names AS --!
SELECT u.id, u.email AS "mail" FROM users u;

=== harmless view-made-anew-with-all
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); CREATE VIEW names AS SELECT id, email FROM users;
---
DROP VIEW names;
CREATE VIEW names AS SELECT age, "email", u.id FROM users u;

=== hazard unique-index-that-takes-more-for-the-same: fails UNIQUE constraint failed
CREATE TABLE labels (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
INSERT INTO labels VALUES (1, 'Red'), (2, 'red');
---
CREATE UNIQUE INDEX IF NOT EXISTS labels_word --!
  ON labels (word COLLATE NOCASE);

=== hazard trigger-that-refuses-new-rows: breaks INSERT INTO notes (text) VALUES ('x')
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, owner TEXT);
INSERT INTO notes VALUES (1, 'a', 'b');
---
CREATE TRIGGER notes_have_owners --!
BEFORE INSERT ON notes FOR EACH ROW WHEN NEW.owner IS NULL
BEGIN
  SELECT RAISE(ROLLBACK, 'whose is it?');
END;

=== harmless trigger-that-fills-in
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, owner TEXT);
INSERT INTO notes VALUES (1, 'a', 'b');
---
CREATE TRIGGER notes_have_owners AFTER INSERT ON notes WHEN NEW.owner IS NULL
BEGIN
  UPDATE notes SET owner = 'nobody, so RAISE no alarm' WHERE id = NEW.id;
END;

=== harmless rows-that-a-scratch-table-names
CREATE TABLE stock (id bigint PRIMARY KEY, n int); INSERT INTO stock VALUES (1, -1), (2, 1);
---
CREATE TABLE wrong AS SELECT id FROM stock WHERE n < 0;
UPDATE stock SET n = 0 WHERE id IN (SELECT id FROM wrong);
DROP TABLE wrong;
