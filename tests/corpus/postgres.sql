-- Cases of SQL for PostgreSQL with what the engine does. A test runs every one of them on the engine, and `cargo schema check` over all.
--
--   === hazard NAME: CLAIM           or   === harmless NAME
--   what an earlier revision did
--   ---                              or   --- outside (run_in_transaction = false), --- fresh (nothing is released)
--   the revision that is looked at; `--!` ends the line that must be found
--
-- Claims: `fails SQLSTATE`, `locks MODE TABLE`, `rewrites TABLE`, `loses QUERY` (a number), `breaks STATEMENT`, `spoils QUERY`, `runs`.
-- A harmless case runs, writes no table anew that was there before, and leaves every row where it was.

=== hazard index: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
CREATE INDEX users_email_idx ON users (email); --!

=== hazard index-lower-case: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
create unique index if not exists users_email_idx on users using btree (lower(email)) where email is not null; --!

=== hazard index-qualified-quoted: locks ShareLock "Shop"."Order Items"
CREATE SCHEMA "Shop"; CREATE TABLE "Shop"."Order Items" ("Id" bigint PRIMARY KEY, "Price" numeric);
---
-- a comment first
CREATE INDEX "by price" ON "Shop"."Order Items" ("Price" DESC NULLS LAST); --!

=== hazard index-without-name-multiline: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---

CREATE INDEX --!
  ON users
  USING hash (email);

=== hazard index-behind-if-not-exists-table: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email_idx ON users (email); --!

=== hazard index-in-do: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'i') THEN
    CREATE INDEX i ON users (email); --!
  END IF;
END
$$;

=== hazard index-after-temporary-namesake: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
CREATE TEMP TABLE staged (id bigint);
CREATE INDEX ON staged (id);
CREATE INDEX ON public.users (email); --!

=== hazard index-on-renamed: locks ShareLock people
CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users RENAME TO people;
---
CREATE INDEX ON people (email); --!

=== hazard gin-index: locks ShareLock docs
CREATE TABLE docs (id bigint PRIMARY KEY, body jsonb);
---
CREATE INDEX docs_body ON ONLY docs USING gin (body jsonb_path_ops); --!

=== hazard drop-index: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX i ON users (email);
---
DROP INDEX i; --!

=== hazard drop-index-if-exists: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX i ON users (email);
---
drop index if exists public.i restrict; --!

=== hazard drop-two-indexes: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text, a int); CREATE INDEX i ON users (email); CREATE INDEX "J" ON users (a);
---
DROP INDEX i, "J"; --!

=== hazard reindex-index: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX i ON users (email);
---
REINDEX INDEX i; --!

=== hazard reindex-table: locks ShareLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX i ON users (email);
---
REINDEX (VERBOSE) TABLE users; --!

=== hazard concurrently-in-transaction: fails 25001
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
CREATE INDEX CONCURRENTLY i ON users (email); --!

=== hazard drop-concurrently-in-transaction: fails 25001
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX i ON users (email);
---
DROP INDEX CONCURRENTLY i; --!

=== hazard reindex-concurrently-in-transaction: fails 25001
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
REINDEX TABLE CONCURRENTLY users; --!

=== hazard detach-concurrently-in-transaction: fails 25001
CREATE TABLE events (at int) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION OF events FOR VALUES FROM (1) TO (2);
---
ALTER TABLE events DETACH PARTITION e1 CONCURRENTLY; --!

=== hazard vacuum-in-transaction: fails 25001
CREATE TABLE users (id bigint PRIMARY KEY);
---
VACUUM ANALYZE users; --!

=== hazard create-database-in-transaction: fails 25001

---
CREATE DATABASE schema_corpus_never; --!

=== hazard alter-system-in-transaction: fails 25001

---
ALTER SYSTEM SET work_mem = '5MB'; --!

=== hazard discard-all-in-transaction: fails 25001

---
DISCARD ALL; --!

=== hazard concurrently-if-not-exists: runs
CREATE TABLE users (id bigint PRIMARY KEY, email text);
--- outside
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (email); --!

=== hazard concurrently-on-partitioned: fails 0A000
CREATE TABLE events (at int, a int) PARTITION BY RANGE (at);
--- outside
CREATE INDEX CONCURRENTLY i ON events (a); --!

=== hazard foreign-key: locks ShareRowExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
---
ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users; --!

=== hazard foreign-key-multi-action: locks ShareRowExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
---
ALTER TABLE IF EXISTS ONLY public.orders
  ADD COLUMN note text,
  ADD CONSTRAINT "Orders_fk" FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE SET NULL; --!

=== hazard foreign-key-deferrable-lower: locks ShareRowExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
---
alter table orders add constraint k foreign key (user_id) references users (id) deferrable initially deferred; --!

=== hazard foreign-key-from-new-column-default: locks AccessExclusiveLock orders
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1); CREATE TABLE orders (id bigint PRIMARY KEY); INSERT INTO orders VALUES (1);
---
ALTER TABLE orders ADD user_id bigint DEFAULT 1 REFERENCES users (id); --!

=== hazard check: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ADD CONSTRAINT grown CHECK (age >= 18); --!

=== hazard check-on-added-column: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ADD COLUMN score int CHECK (score > 0); --!

=== hazard check-lower-anonymous: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
alter table users add check (age is null or age > 0); --!

=== hazard validate-with-add: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT c; --!

=== hazard validate-after-other-alter: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int); ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;
---
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE users VALIDATE CONSTRAINT c; --!

=== hazard set-not-null: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ALTER COLUMN age SET NOT NULL; --!

=== hazard set-not-null-unvalidated: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL) NOT VALID;
---
ALTER TABLE users ALTER age SET NOT NULL; --!

=== hazard set-not-null-proven-for-another: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int, size int); ALTER TABLE users ADD CONSTRAINT c CHECK (size IS NOT NULL);
---
ALTER TABLE users ALTER age SET NOT NULL; --!

=== hazard set-not-null-or-is-no-proof: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, age int, size int); ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL OR size IS NOT NULL);
---
ALTER TABLE users ALTER age SET NOT NULL; --!

=== hazard add-not-null: fails 23502
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
ALTER TABLE users ADD COLUMN email text NOT NULL; --!

=== hazard add-not-null-default-null: fails 23502
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
ALTER TABLE users ADD COLUMN email varchar(20) DEFAULT NULL NOT NULL; --!

=== hazard add-not-null-multi: fails 23502
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
ALTER TABLE users
    ADD COLUMN a int DEFAULT 0 NOT NULL,
    ADD COLUMN b int NOT NULL; --!

=== hazard add-primary-key-column: fails 23502
CREATE TABLE logs (at timestamptz); INSERT INTO logs VALUES (now());
---
ALTER TABLE logs ADD COLUMN id bigint PRIMARY KEY; --!

=== hazard volatile-uuid: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid(); --!

=== hazard volatile-in-expression: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users ADD COLUMN lot int DEFAULT (floor(random() * 10))::int; --!

=== hazard volatile-sequence: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE SEQUENCE s;
---
ALTER TABLE users ADD COLUMN n bigint DEFAULT nextval('s'); --!

=== hazard volatile-own-function: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN random()::text; END $$;
---
ALTER TABLE users ADD COLUMN c text DEFAULT code(); --!

=== hazard volatile-clock: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY);
---
alter table users add column if not exists seen timestamptz default clock_timestamp(); --!

=== hazard serial: rewrites users
CREATE TABLE users (name text);
---
ALTER TABLE users ADD COLUMN id serial; --!

=== hazard bigserial-key: rewrites users
CREATE TABLE users (name text);
---
ALTER TABLE users ADD COLUMN id BIGSERIAL PRIMARY KEY; --!

=== hazard identity: rewrites users
CREATE TABLE users (name text);
---
ALTER TABLE users ADD COLUMN id int GENERATED BY DEFAULT AS IDENTITY; --!

=== hazard stored: rewrites users
CREATE TABLE users (name text);
---
ALTER TABLE users ADD COLUMN low text GENERATED ALWAYS AS (lower(name)) STORED; --!

=== hazard domain-column: rewrites users
CREATE TABLE users (name text); CREATE DOMAIN short AS text CHECK (length(value) < 10);
---
ALTER TABLE users ADD COLUMN nick short DEFAULT 'x'; --!

=== hazard int-to-bigint: rewrites users
CREATE TABLE users (id int PRIMARY KEY);
---
ALTER TABLE users ALTER COLUMN id TYPE bigint; --!

=== hazard set-data-type: rewrites users
CREATE TABLE users (id bigint PRIMARY KEY, age int);
---
ALTER TABLE users ALTER age SET DATA TYPE numeric USING age::numeric; --!

=== hazard varchar-shrinks: rewrites users
CREATE TABLE users (name varchar(50));
---
ALTER TABLE users ALTER COLUMN name TYPE character varying (20); --!

=== hazard text-to-varchar-limit: rewrites users
CREATE TABLE users (name text);
---
ALTER TABLE users ALTER COLUMN name TYPE varchar(255); --!

=== hazard numeric-scale: rewrites users
CREATE TABLE users (price numeric(10, 2));
---
ALTER TABLE users ALTER COLUMN price TYPE decimal(12, 4); --!

=== hazard json-to-jsonb: rewrites docs
CREATE TABLE docs (body json);
---
ALTER TABLE docs ALTER COLUMN body TYPE jsonb USING body::jsonb; --!

=== hazard timestamptz-precision: rewrites users
CREATE TABLE users (seen timestamptz(6));
---
ALTER TABLE users ALTER COLUMN seen TYPE timestamptz(3); --!

=== hazard timestamp-zone-of-session: runs
CREATE TABLE users (seen timestamp); INSERT INTO users VALUES ('2026-01-01 12:00');
---
ALTER TABLE users ALTER COLUMN seen TYPE timestamp with time zone; --!

=== hazard text-to-int-using: rewrites users
CREATE TABLE users (n text);
---
ALTER TABLE users ALTER COLUMN n TYPE int USING trim(n)::int; --!

=== hazard char-to-text: rewrites users
CREATE TABLE users (code char(3));
---
ALTER TABLE users ALTER COLUMN code TYPE text; --!

=== hazard enum-to-text: rewrites users
CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE users (m mood);
---
ALTER TABLE users ALTER COLUMN m TYPE text; --!

=== hazard varchar-array-to-text-array-using: rewrites users
CREATE TABLE users (tags varchar(3)[]);
---
ALTER TABLE users ALTER COLUMN tags TYPE int[] USING '{}'::int[]; --!

=== hazard type-in-do: rewrites users
CREATE TABLE users (age int);
---
DO $body$ BEGIN
  ALTER TABLE users ALTER COLUMN age TYPE bigint; --!
END $body$;

=== hazard unique: locks AccessExclusiveLock users
CREATE TABLE users (email text);
---
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email); --!

=== hazard unique-column: locks AccessExclusiveLock users
CREATE TABLE users (email text);
---
ALTER TABLE users ADD COLUMN login text UNIQUE; --!

=== hazard primary-key: locks AccessExclusiveLock users
CREATE TABLE users (id bigint NOT NULL);
---
alter table users add primary key (id); --!

=== hazard primary-key-adopts-nullable: locks AccessExclusiveLock users
CREATE TABLE users (id bigint); CREATE UNIQUE INDEX u ON users (id);
---
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX u; --!

=== hazard exclude: locks AccessExclusiveLock stays
CREATE TABLE stays (during tsrange);
---
ALTER TABLE stays ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&); --!

=== hazard drop-column: loses SELECT count(age) FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int); INSERT INTO users VALUES (1, 2);
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard drop-column-short: loses SELECT count(age) FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int); INSERT INTO users VALUES (1, 2);
---
/* it is /* really */ unused */
alter table only users drop if exists age; --!

=== hazard drop-column-second-action: loses SELECT count("Age") FROM users
CREATE TABLE users (id bigint PRIMARY KEY, "Age" int); INSERT INTO users VALUES (1, 2);
---
ALTER TABLE users
  ADD COLUMN size int,
  DROP COLUMN "Age"; --!

=== hazard drop-column-dynamic: loses SELECT count(age) FROM users
CREATE TABLE users (id bigint PRIMARY KEY, age int); INSERT INTO users VALUES (1, 2);
---
DO $$ BEGIN
  EXECUTE 'ALTER TABLE users DROP COLUMN age'; --!
END $$;

=== hazard drop-column-cascade: breaks SELECT * FROM ages
CREATE TABLE users (id bigint PRIMARY KEY, age int); CREATE VIEW ages AS SELECT age FROM users;
---
ALTER TABLE users DROP COLUMN age CASCADE; --!

=== hazard drop-column-under-view: fails 2BP01
CREATE TABLE users (id bigint PRIMARY KEY, age int); CREATE VIEW ages AS SELECT age FROM users;
---
ALTER TABLE users DROP COLUMN age; --!

=== hazard type-under-view: fails 0A000
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(5)); CREATE VIEW names AS SELECT u.name FROM users u;
---
ALTER TABLE users ALTER COLUMN name TYPE text; --!

=== hazard drop-table: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
DROP TABLE users; --!

=== hazard drop-table-if-exists: loses SELECT count(*) FROM shop.users
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY); INSERT INTO shop.users VALUES (1);
---
drop table if exists shop.users; --!

=== hazard drop-table-in-list: loses SELECT count(*) FROM b
CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO b VALUES (1);
---
DROP TABLE a, b; --!

=== hazard drop-and-create-again: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
DROP TABLE IF EXISTS users; --!
CREATE TABLE users (id bigint PRIMARY KEY);

=== hazard drop-table-search-path: loses SELECT count(*) FROM shop.users
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY); INSERT INTO shop.users VALUES (1);
---
SET LOCAL search_path TO shop;
DROP TABLE users; --!

=== hazard drop-schema: loses SELECT count(*) FROM shop.users
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY); INSERT INTO shop.users VALUES (1);
---
DROP SCHEMA IF EXISTS shop CASCADE; --!

=== hazard drop-foreign-key: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users (id));
---
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey; --!

=== hazard drop-table-with-key: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users (id));
---
DROP TABLE orders; --!

=== hazard drop-referenced-column-key: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users (id));
---
ALTER TABLE orders DROP COLUMN user_id; --!

=== harmless two-tables
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY);
---
ALTER TABLE a ADD COLUMN x int;
ALTER TABLE b ADD COLUMN x int;

=== hazard index-after-alter: locks AccessExclusiveLock a
CREATE TABLE a (id int); CREATE TABLE b (id int);
---
ALTER TABLE a ADD COLUMN x int;
CREATE INDEX ON b (id); --!

=== hazard backfill-after-alter: locks AccessExclusiveLock users
CREATE TABLE users (id int, old text);
---
ALTER TABLE users ADD COLUMN name text;
UPDATE users SET name = old WHERE name IS NULL; --!

=== hazard backfill-other-table: locks AccessExclusiveLock users
CREATE TABLE users (id int, old text); CREATE TABLE names (id int, name text);
---
ALTER TABLE users ADD COLUMN name text;
INSERT INTO names (id, name) SELECT id, old FROM users; --!

=== hazard rename-column: breaks SELECT name FROM users
CREATE TABLE users (id int, name text);
---
ALTER TABLE users RENAME COLUMN name TO full_name; --!

=== hazard rename-column-short: breaks SELECT "Name" FROM "Users"
CREATE TABLE "Users" (id int, "Name" text);
---
alter table if exists "Users" rename "Name" to name; --!

=== hazard rename-table: breaks SELECT id FROM users
CREATE TABLE users (id int);
---
ALTER TABLE users RENAME TO people; --!

=== hazard set-schema: breaks SELECT id FROM users
CREATE TABLE users (id int); CREATE SCHEMA archive;
---
ALTER TABLE users SET SCHEMA archive; --!

=== hazard rename-schema: breaks SELECT id FROM shop.users
CREATE SCHEMA shop; CREATE TABLE shop.users (id int);
---
ALTER SCHEMA shop RENAME TO store; --!

=== hazard rename-enum-value: breaks SELECT 'sad'::mood
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'; --!

=== hazard rename-type: breaks SELECT 'sad'::mood
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood RENAME TO feeling; --!

=== hazard rename-view: breaks SELECT * FROM v
CREATE TABLE users (id int); CREATE VIEW v AS SELECT id FROM users;
---
ALTER VIEW v RENAME TO w; --!

=== hazard rename-function: breaks SELECT f()
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
ALTER FUNCTION f() RENAME TO g; --!

=== hazard update-all: spoils SELECT max(n) > 0 FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
UPDATE users SET n = 0; --!

=== hazard update-all-in-cte: spoils SELECT max(n) > 0 FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
UPDATE ONLY public.users AS u SET n = 0 WHERE TRUE; --!

=== hazard delete-all: loses SELECT count(*) FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
delete from users; --!

=== hazard delete-all-in-do: loses SELECT count(*) FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
DO $$
BEGIN
  DELETE FROM users; --!
END;
$$ LANGUAGE plpgsql;

=== hazard truncate: loses SELECT count(*) FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
TRUNCATE TABLE users RESTART IDENTITY; --!

=== hazard truncate-cascade: loses SELECT count(*) FROM orders
CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1); CREATE TABLE orders (u int REFERENCES users); INSERT INTO orders VALUES (1);
---
truncate users cascade; --!

=== hazard truncate-second-of-list: loses SELECT count(*) FROM b
CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO b VALUES (1);
---
TRUNCATE a, ONLY b; --!

=== hazard vacuum-full: rewrites users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
--- outside
VACUUM (FULL, ANALYZE) users; --!

=== hazard cluster: rewrites users
CREATE TABLE users (n int PRIMARY KEY); INSERT INTO users VALUES (1);
---
CLUSTER users USING users_pkey; --!

=== hazard unlogged: rewrites users
CREATE TABLE users (n int);
---
ALTER TABLE users SET UNLOGGED; --!

=== hazard tablespace: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
ALTER TABLE users SET TABLESPACE pg_default; --!

=== hazard lock-table: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
LOCK users; --!

=== hazard lock-share: locks ShareLock users
CREATE TABLE users (n int);
---
LOCK TABLE users IN SHARE MODE NOWAIT; --!

=== hazard attach: locks AccessExclusiveLock e1
CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE e1 (at int NOT NULL); INSERT INTO e1 VALUES (1);
---
ALTER TABLE events ATTACH PARTITION e1 FOR VALUES FROM (0) TO (9); --!

=== hazard partition-of: locks AccessExclusiveLock events
CREATE TABLE events (at int NOT NULL) PARTITION BY LIST (at);
---
CREATE TABLE e1 PARTITION OF events FOR VALUES IN (1, 2); --!

=== hazard detach: locks AccessExclusiveLock events
CREATE TABLE events (at int NOT NULL) PARTITION BY LIST (at); CREATE TABLE e1 PARTITION OF events FOR VALUES IN (1);
---
ALTER TABLE events DETACH PARTITION e1; --!

=== hazard drop-partition: locks AccessExclusiveLock events
CREATE TABLE events (at int NOT NULL) PARTITION BY LIST (at); CREATE TABLE e1 PARTITION OF events FOR VALUES IN (1);
---
DROP TABLE e1; --!

=== hazard refresh: locks AccessExclusiveLock totals
CREATE TABLE users (n int); CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM users;
---
REFRESH MATERIALIZED VIEW totals; --!

=== hazard refresh-concurrently-without-index: fails 55000
CREATE TABLE users (n int); CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM users;
---
REFRESH MATERIALIZED VIEW CONCURRENTLY totals; --!

=== hazard enum-used-at-once: fails 55P04
CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE users (m mood);
---
ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad';
UPDATE users SET m = 'ok' WHERE m = 'sad'; --!

=== hazard enum-as-default-at-once: fails 55P04
CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE users (m mood);
---
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok';
ALTER TABLE users ALTER COLUMN m SET DEFAULT 'ok'; --!

=== hazard domain-check: locks ShareLock users
CREATE DOMAIN score AS int; CREATE TABLE users (s score);
---
ALTER DOMAIN score ADD CHECK (VALUE > 0); --!

=== hazard domain-not-null: locks ShareLock users
CREATE DOMAIN score AS int; CREATE TABLE users (s score);
---
ALTER DOMAIN score SET NOT NULL; --!

=== hazard drop-type-cascade: loses SELECT count(m) FROM users
CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE users (m mood); INSERT INTO users VALUES ('sad');
---
DROP TYPE mood CASCADE; --!

=== hazard drop-function-cascade: loses SELECT count(*) FROM pg_trigger WHERE tgname = 't'
CREATE TABLE users (n int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();
---
DROP FUNCTION f() CASCADE; --!

=== hazard long-name: loses SELECT 1 - (SELECT count(*) FROM pg_class WHERE relname = 'orders_of_customers_who_have_not_paid_for_more_than_thirty_days_o')

---
CREATE TABLE orders_of_customers_who_have_not_paid_for_more_than_thirty_days_or_so (id bigint PRIMARY KEY); --!

=== hazard row-security: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
ALTER TABLE users FORCE ROW LEVEL SECURITY; --!

=== hazard policy: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
CREATE POLICY p ON users FOR SELECT USING (n > 0); --!

=== hazard drop-policy: locks AccessExclusiveLock users
CREATE TABLE users (n int); CREATE POLICY p ON users USING (true);
---
DROP POLICY IF EXISTS p ON users; --!

=== hazard definer: loses SELECT 1 - count(*) FROM pg_proc WHERE proname = 'f' AND prosecdef AND proconfig IS NULL

---
CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS $$ SELECT a $$ LANGUAGE sql SECURITY DEFINER; --!

=== hazard json-column: breaks SELECT DISTINCT * FROM users
CREATE TABLE users (n int);
---
ALTER TABLE users ADD COLUMN settings json DEFAULT '{}'; --!

=== hazard drop-not-null: spoils SELECT attnotnull FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'n'
CREATE TABLE users (n int NOT NULL);
---
ALTER TABLE users ALTER n DROP NOT NULL; --!

=== hazard drop-default: breaks INSERT INTO users (id) VALUES (7)
CREATE TABLE users (id int, n int NOT NULL DEFAULT 1);
---
ALTER TABLE users ALTER COLUMN n DROP DEFAULT; --!

=== hazard drop-identity: breaks INSERT INTO users (n) VALUES (7)
CREATE TABLE users (id int GENERATED BY DEFAULT AS IDENTITY, n int);
---
ALTER TABLE users ALTER COLUMN id DROP IDENTITY; --!

=== hazard drop-check: loses SELECT count(*) FROM pg_constraint WHERE conname = 'positive'
CREATE TABLE users (n int CONSTRAINT positive CHECK (n > 0));
---
ALTER TABLE users DROP CONSTRAINT IF EXISTS positive; --!

=== hazard drop-unique: breaks INSERT INTO users VALUES (1) ON CONFLICT (n) DO NOTHING
CREATE TABLE users (n int UNIQUE);
---
ALTER TABLE users DROP CONSTRAINT users_n_key; --!

=== hazard drop-view: breaks SELECT * FROM v
CREATE TABLE users (n int); CREATE VIEW v AS SELECT n FROM users;
---
DROP VIEW IF EXISTS v; --!

=== hazard drop-function: breaks SELECT f()
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION f(); --!

=== hazard drop-sequence: breaks SELECT nextval('s')
CREATE SEQUENCE s;
---
DROP SEQUENCE s; --!

=== hazard drop-trigger: loses SELECT count(*) FROM pg_trigger WHERE tgname = 't'
CREATE TABLE users (n int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();
---
DROP TRIGGER t ON users; --!

=== hazard create-trigger: locks ShareRowExclusiveLock users
CREATE TABLE users (n int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
---
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f(); --!

=== hazard disable-trigger: locks ShareRowExclusiveLock users
CREATE TABLE users (n int);
---
ALTER TABLE users DISABLE TRIGGER USER; --!

=== hazard replica-role: runs

---
SET LOCAL session_replication_role = replica; --!

=== hazard replica-identity: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
ALTER TABLE users REPLICA IDENTITY FULL; --!

=== hazard publication: loses SELECT count(*) FROM pg_publication_tables WHERE pubname = 'p'
CREATE TABLE users (n int); CREATE PUBLICATION p FOR TABLE users;
---
ALTER PUBLICATION p DROP TABLE users; --!

=== hazard create-rule: locks AccessExclusiveLock users
CREATE TABLE users (n int);
---
CREATE OR REPLACE RULE r AS ON INSERT TO users DO INSTEAD NOTHING; --!

=== hazard dynamic: loses SELECT count(*) FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('TRUNCATE %I', t); --!
  END LOOP;
END $$;

=== hazard revoke: spoils SELECT has_table_privilege('pg_monitor', 'users', 'select')
CREATE TABLE users (n int); GRANT SELECT ON users TO pg_monitor;
---
REVOKE SELECT ON TABLE users FROM pg_monitor; --!

=== hazard commit-in-the-middle: runs

---
CREATE TABLE a (n int);
COMMIT; --!

=== hazard duplicate-index: runs
CREATE TABLE users (n int); CREATE INDEX i ON users (n);
--- outside
CREATE INDEX CONCURRENTLY j ON users (n); --!

=== hazard key-type-differs: runs
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE TABLE orders (id bigint PRIMARY KEY, user_id int REFERENCES users (id)); --!

=== harmless drop-in-string
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, 'DROP TABLE users;');

=== harmless drop-in-line-comment
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
-- DROP TABLE users;
INSERT INTO users (id) VALUES (3);

=== harmless drop-in-block-comment
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
/* DROP TABLE users; /* TRUNCATE users; */ */
INSERT INTO users (id) VALUES (3);

=== harmless drop-in-dollar-quotes
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, $$ALTER TABLE users DROP COLUMN age;$$);

=== harmless drop-in-tagged-dollar-quotes
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, $sql$ DELETE FROM users; $$ $sql$);

=== harmless drop-in-escape-string
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, E'it\'s DROP TABLE users;');

=== harmless drop-as-quoted-name
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE "DROP TABLE users" (id bigint PRIMARY KEY);

=== harmless hazard-in-table-comment
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
COMMENT ON TABLE users IS 'CREATE INDEX i ON users (email)';

=== harmless hazard-in-column-comment
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
COMMENT ON COLUMN users.age IS 'ALTER TABLE users ALTER age SET NOT NULL';

=== harmless hazard-in-function-body
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE FUNCTION wipe() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; TRUNCATE users; END $$;

=== harmless hazard-in-sql-function-body
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'DELETE FROM users';

=== harmless rename-in-string
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, 'ALTER TABLE users RENAME COLUMN email TO mail');

=== harmless vacuum-in-comment
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
-- VACUUM FULL users
INSERT INTO users (id) VALUES (3);

=== harmless comment-after-statement
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id) VALUES (3); -- TRUNCATE users

=== harmless column-named-drop
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN "drop column age" int;

=== harmless commit-in-string
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, 'COMMIT;');

=== harmless raise-in-do
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DO $$ BEGIN RAISE NOTICE 'DROP TABLE users'; END $$;

=== harmless do-that-only-reads
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM users; IF n < 0 THEN RAISE EXCEPTION 'impossible'; END IF; END $$;

=== harmless add-nullable
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN note text;

=== harmless add-nullable-lower
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
alter table users add note text;

=== harmless add-if-not-exists
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE IF EXISTS users ADD COLUMN IF NOT EXISTS note text;

=== harmless add-constant-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';

=== harmless add-number-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN n int NOT NULL DEFAULT 0;

=== harmless add-boolean-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE ONLY public.users ADD COLUMN is_admin boolean DEFAULT false NOT NULL;

=== harmless add-now-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN created timestamptz NOT NULL DEFAULT now();

=== harmless add-current-timestamp
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN created timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;

=== harmless add-stable-expression
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN until date NOT NULL DEFAULT (current_date + interval '1 year');

=== harmless add-jsonb
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'::jsonb;

=== harmless add-immutable-call
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN h text DEFAULT md5('x');

=== harmless add-array-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN tags text[] NOT NULL DEFAULT ARRAY[]::text[];

=== harmless add-null-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN note text DEFAULT NULL;

=== harmless add-uuid-then-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();

=== harmless add-two
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int DEFAULT 1;

=== harmless add-quoted-random-string
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN fn text DEFAULT 'random()';

=== harmless add-bigint-plain
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN n bigint;

=== harmless add-varchar
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN code varchar(10);

=== harmless add-date
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN born date;

=== harmless add-in-do
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DO $$ BEGIN ALTER TABLE users ADD COLUMN note text; END $$;

=== harmless set-default
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age SET DEFAULT 3;

=== harmless drop-default-of-nullable
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age DROP DEFAULT;

=== harmless set-statistics
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN email SET STATISTICS 500;

=== harmless set-storage
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN email SET STORAGE EXTERNAL;

=== harmless set-fillfactor
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users SET (fillfactor = 80);

=== harmless reset-autovacuum
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users SET (autovacuum_enabled = false); ALTER TABLE users RESET (autovacuum_enabled);

=== harmless rename-constraint
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_key;

=== harmless analyze
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ANALYZE users;

=== harmless create-statistics
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE STATISTICS s ON email, age FROM users;

=== harmless check-not-valid
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;

=== harmless not-null-check-not-valid
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL) NOT VALID;

=== harmless update-where
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users SET age = 3 WHERE id = 1;

=== harmless update-from
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
UPDATE users u SET age = v.n FROM (VALUES (1, 5)) AS v(id, n) WHERE u.id = v.id;

=== harmless delete-where-nothing
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users WHERE id = 99;

=== harmless delete-using
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DELETE FROM users u USING (VALUES (77)) AS v(id) WHERE u.id = v.id;

=== harmless insert
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (3, 'c') ON CONFLICT (id) DO NOTHING;

=== harmless upsert-without-where
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
INSERT INTO users (id, email) VALUES (1, 'c') ON CONFLICT (id) DO UPDATE SET email = excluded.email;

=== harmless select
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
SELECT count(*) FROM users;

=== harmless lock-weak
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;

=== harmless lock-row
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
LOCK TABLE users IN ROW EXCLUSIVE MODE;

=== harmless enable-trigger
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ENABLE TRIGGER ALL;

=== harmless create-view
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE VIEW v AS SELECT id, email FROM users;

=== harmless replace-view
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE OR REPLACE VIEW v AS SELECT id FROM users; CREATE OR REPLACE VIEW v AS SELECT id, age FROM users;

=== harmless create-materialized
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE MATERIALIZED VIEW v AS SELECT id FROM users;

=== harmless create-materialized-refresh
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE MATERIALIZED VIEW v AS SELECT id FROM users WITH NO DATA; REFRESH MATERIALIZED VIEW v;

=== harmless create-type
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TYPE mood AS ENUM ('sad', 'ok');

=== harmless create-enum-and-use
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE moods (id bigint PRIMARY KEY, m mood DEFAULT 'ok'); INSERT INTO moods VALUES (1, 'sad');

=== harmless create-domain
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE DOMAIN positive AS int CHECK (VALUE > 0);

=== harmless create-function
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';

=== harmless definer-with-path
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE FUNCTION one() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';

=== harmless create-schema
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY);

=== harmless create-extension
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE EXTENSION IF NOT EXISTS plpgsql;

=== harmless create-sequence
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE SEQUENCE numbers OWNED BY users.age;

=== harmless grant
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
GRANT SELECT ON users TO pg_monitor;

=== harmless set-timeouts
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'; ALTER TABLE users ADD COLUMN a int;

=== harmless publication
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE PUBLICATION p FOR TABLE users;

=== harmless savepoint
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
SAVEPOINT s; INSERT INTO users (id) VALUES (9); RELEASE SAVEPOINT s;

=== harmless drop-if-exists-missing-column
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users DROP COLUMN IF EXISTS never_was;

=== harmless drop-table-if-exists-missing
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
DROP TABLE IF EXISTS never_was;

=== harmless drop-constraint-if-exists-missing
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users DROP CONSTRAINT IF EXISTS never_was;

=== harmless index-if-not-exists-there
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE UNIQUE INDEX IF NOT EXISTS users_pkey ON users (id);

=== harmless drop-not-null-of-nullable
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age DROP NOT NULL;

=== harmless set-not-null-of-key
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN id SET NOT NULL;

=== harmless same-type
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age TYPE int;

=== harmless same-type-other-word
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ALTER COLUMN age TYPE int4;

=== harmless varchar-grows
CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE varchar(50);

=== harmless varchar-grows-lower
CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things alter name type character varying(21);

=== harmless varchar-unlimited
CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE varchar;

=== harmless varchar-to-text
CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name SET DATA TYPE text;

=== harmless varchar-to-text-using
CREATE TABLE things (id bigint PRIMARY KEY, name varchar(20)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE text USING name::text;

=== harmless text-to-varchar
CREATE TABLE things (id bigint PRIMARY KEY, name text); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE varchar;

=== harmless numeric-grows
CREATE TABLE things (id bigint PRIMARY KEY, name numeric(10, 2)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE numeric(14, 2);

=== harmless numeric-unlimited
CREATE TABLE things (id bigint PRIMARY KEY, name numeric(10, 2)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE numeric;

=== harmless decimal-is-numeric
CREATE TABLE things (id bigint PRIMARY KEY, name numeric(10, 2)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE decimal(10, 2);

=== harmless timestamptz-grows
CREATE TABLE things (id bigint PRIMARY KEY, name timestamptz(3)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE timestamptz(6);

=== harmless timestamp-unlimited
CREATE TABLE things (id bigint PRIMARY KEY, name timestamp(0)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE timestamp;

=== harmless cidr-to-inet
CREATE TABLE things (id bigint PRIMARY KEY, name cidr); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE inet;

=== harmless interval-grows
CREATE TABLE things (id bigint PRIMARY KEY, name interval(2)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE interval(4);

=== harmless varbit-grows
CREATE TABLE things (id bigint PRIMARY KEY, name bit varying(4)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE varbit(8);

=== harmless time-grows
CREATE TABLE things (id bigint PRIMARY KEY, name time(1)); INSERT INTO things VALUES (1, NULL);
---
ALTER TABLE things ALTER COLUMN name TYPE time(3);

=== harmless timestamp-in-utc
CREATE TABLE things (at timestamp); INSERT INTO things VALUES ('2026-01-01');
---
SET LOCAL TIME ZONE 'UTC';
ALTER TABLE things ALTER COLUMN at TYPE timestamptz;

=== harmless timestamptz-in-utc
CREATE TABLE things (at timestamptz); INSERT INTO things VALUES ('2026-01-01');
---
SET LOCAL timezone TO 'UTC';
ALTER TABLE things ALTER COLUMN at TYPE timestamp;

=== harmless domain-to-base
CREATE DOMAIN word AS text; CREATE TABLE things (w word); INSERT INTO things VALUES ('a');
---
ALTER TABLE things ALTER COLUMN w TYPE text;

=== harmless two-free-changes
CREATE TABLE things (a varchar(3), b numeric(3, 1)); INSERT INTO things VALUES ('a', 1);
---
ALTER TABLE things ALTER a TYPE text, ALTER b TYPE numeric(5, 1);

=== harmless foreign-key-not-valid
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); INSERT INTO orders VALUES (1, 1);
---
ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;

=== harmless foreign-key-validate
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); INSERT INTO orders VALUES (1, 1); ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
---
ALTER TABLE orders VALIDATE CONSTRAINT k;

=== hazard column-references-null: locks ShareRowExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); INSERT INTO orders VALUES (1, 1);
---
ALTER TABLE orders ADD COLUMN owner bigint REFERENCES users (id); --!

=== harmless check-validate
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID;
---
ALTER TABLE users VALIDATE CONSTRAINT c;

=== harmless proven-not-null
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c;
---
ALTER TABLE users ALTER COLUMN age SET NOT NULL;

=== harmless proven-not-null-and-check-goes
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c;
---
ALTER TABLE users ALTER COLUMN age SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT c;

=== harmless proven-not-null-among-others
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK ((age > 0) AND (age IS NOT NULL));
---
alter table users alter age set not null;

=== harmless proven-and-dropped-at-once
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL);
---
ALTER TABLE users ALTER COLUMN age SET NOT NULL, DROP CONSTRAINT c;

=== harmless adopted-unique
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE UNIQUE INDEX k ON users (email);
---
ALTER TABLE users ADD CONSTRAINT k UNIQUE USING INDEX k;

=== harmless adopted-key
CREATE TABLE logs (id bigint NOT NULL); INSERT INTO logs VALUES (1); CREATE UNIQUE INDEX k ON logs (id);
---
ALTER TABLE logs ADD CONSTRAINT k PRIMARY KEY USING INDEX k;

=== harmless index-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
CREATE INDEX CONCURRENTLY i ON users (email);

=== harmless unique-index-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
create unique index concurrently i on users (lower(email));

=== harmless drop-index-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email);
--- outside
DROP INDEX CONCURRENTLY IF EXISTS i;

=== harmless reindex-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
REINDEX TABLE CONCURRENTLY users;

=== harmless reindex-option-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
REINDEX (CONCURRENTLY) INDEX users_pkey;

=== harmless vacuum
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
VACUUM (ANALYZE) users;

=== harmless detach-concurrently
CREATE TABLE events (at int) PARTITION BY LIST (at); CREATE TABLE e1 PARTITION OF events FOR VALUES IN (1);
--- outside
ALTER TABLE events DETACH PARTITION e1 CONCURRENTLY;

=== harmless two-concurrent-indexes
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
--- outside
CREATE INDEX CONCURRENTLY i ON users (email);
CREATE INDEX CONCURRENTLY j ON users (age);

=== harmless refresh-concurrently
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE MATERIALIZED VIEW v AS SELECT id FROM users; CREATE UNIQUE INDEX i ON v (id);
---
REFRESH MATERIALIZED VIEW CONCURRENTLY v;

=== harmless enum-add-value
CREATE TYPE mood AS ENUM ('sad');
---
ALTER TYPE mood ADD VALUE 'ok';

=== harmless enum-add-value-use-later
CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE m (m mood); INSERT INTO m VALUES ('sad'); ALTER TYPE mood ADD VALUE 'ok';
---
ALTER TABLE m ALTER COLUMN m SET DEFAULT 'ok';

=== harmless rename-with-view
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT * FROM people;

=== harmless replace-check
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);
---
ALTER TABLE users DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (age >= 0) NOT VALID;

=== harmless replace-view
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE VIEW v AS SELECT id FROM users;
---
DROP VIEW v; CREATE VIEW v AS SELECT id, email FROM users;

=== harmless domain-not-valid
CREATE DOMAIN score AS int; CREATE TABLE t (s score); INSERT INTO t VALUES (1);
---
ALTER DOMAIN score ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;

=== harmless attach-checked
CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE e1 (at int NOT NULL, CONSTRAINT fits CHECK (at >= 0 AND at < 9)); INSERT INTO e1 VALUES (1);
---
ALTER TABLE events ATTACH PARTITION e1 FOR VALUES FROM (0) TO (9);

=== harmless create-and-attach
CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);
---
CREATE TABLE e1 (LIKE events INCLUDING ALL); ALTER TABLE events ATTACH PARTITION e1 FOR VALUES FROM (0) TO (9);

=== harmless index-on-only-parent
CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at);
---
CREATE INDEX i ON ONLY events (at);

=== harmless rename-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (email);
---
ALTER INDEX i RENAME TO j;

=== harmless index-set-statistics
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); CREATE INDEX i ON users (lower(email));
---
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 100;

=== harmless new-table-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE INDEX i ON fresh (email);

=== harmless new-table-unique-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE UNIQUE INDEX ON fresh (lower(email));

=== harmless new-table-set-not-null
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ALTER COLUMN age SET NOT NULL;

=== harmless new-table-add-not-null
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD COLUMN n int NOT NULL;

=== harmless new-table-volatile
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD COLUMN u uuid DEFAULT gen_random_uuid();

=== harmless new-table-serial
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD COLUMN n bigserial;

=== harmless new-table-stored
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD COLUMN n int GENERATED ALWAYS AS (age + 1) STORED;

=== harmless new-table-type
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ALTER COLUMN age TYPE bigint;

=== harmless new-table-check
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD CHECK (age > 0);

=== harmless new-table-unique
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD UNIQUE (email);

=== harmless new-table-key
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD PRIMARY KEY (id);

=== harmless new-table-foreign-key
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD FOREIGN KEY (id) REFERENCES users (id);

=== harmless new-table-drop-column
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh DROP COLUMN age;

=== harmless new-table-rename-column
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh RENAME COLUMN email TO mail;

=== harmless new-table-rename-table
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh RENAME TO newer; CREATE INDEX ON newer (email);

=== harmless new-table-drop-table
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
DROP TABLE fresh;

=== harmless new-table-truncate
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
TRUNCATE fresh;

=== harmless new-table-update
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
UPDATE fresh SET age = 1;

=== harmless new-table-delete
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
DELETE FROM fresh;

=== harmless new-table-trigger
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON fresh FOR EACH ROW EXECUTE FUNCTION touch();

=== harmless new-table-row-security
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON fresh USING (true);

=== harmless new-table-set-schema
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE SCHEMA s; ALTER TABLE fresh SET SCHEMA s;

=== harmless new-table-unlogged
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh SET UNLOGGED;

=== harmless new-table-cluster
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE INDEX i ON fresh (age); CLUSTER fresh USING i;

=== harmless new-table-drop-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
CREATE INDEX i ON fresh (age); DROP INDEX i;

=== harmless new-table-lock
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
LOCK TABLE fresh;

=== harmless new-table-json
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD COLUMN j json;

=== harmless new-table-replica
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh REPLICA IDENTITY FULL;

=== harmless new-table-drop-constraint
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD CONSTRAINT c CHECK (age > 0); ALTER TABLE fresh DROP CONSTRAINT c;

=== harmless new-table-exclude
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE fresh ADD EXCLUDE USING btree (id WITH =);

=== harmless new-table-quoted-schema
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
ALTER TABLE "public"."fresh" ALTER COLUMN "age" TYPE bigint;

=== harmless new-table-backfill
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE fresh (id bigint NOT NULL, email text, age int);
INSERT INTO fresh SELECT id, email, age FROM users; CREATE INDEX ON fresh (email); ALTER TABLE fresh ALTER COLUMN id SET NOT NULL;

=== harmless temporary
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TEMPORARY TABLE staged AS SELECT * FROM users;
CREATE INDEX ON staged (email);
ALTER TABLE staged ALTER COLUMN age SET NOT NULL;

=== harmless created-as
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
CREATE TABLE copy AS SELECT * FROM users;
CREATE INDEX ON copy (email);

=== harmless new-column-drops
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);
---
ALTER TABLE users ADD COLUMN tmp int;
ALTER TABLE users DROP COLUMN tmp;

=== harmless unreleased-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
CREATE INDEX i ON users (email);

=== harmless unreleased-type
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
ALTER TABLE users ALTER COLUMN age TYPE bigint;

=== harmless unreleased-set-not-null
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
ALTER TABLE users ALTER COLUMN age SET NOT NULL;

=== harmless unreleased-drop
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
DROP TABLE users;

=== harmless unreleased-rename
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
ALTER TABLE users RENAME email TO mail;

=== harmless unreleased-serial
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
ALTER TABLE users ADD COLUMN n serial;

=== harmless unreleased-unique
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
ALTER TABLE users ADD UNIQUE (email);

=== harmless unreleased-truncate
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
--- fresh
TRUNCATE users;

=== hazard delete-all-in-with: loses SELECT count(*) FROM users
CREATE TABLE users (n int); INSERT INTO users VALUES (1); CREATE TABLE archive (n int);
---
WITH gone AS (DELETE FROM users RETURNING n) --!
INSERT INTO archive SELECT n FROM gone;

=== harmless drop-index-if-exists-missing
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
DROP INDEX IF EXISTS never_was;

=== harmless drop-others-if-exists-missing
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
DROP VIEW IF EXISTS never_was; DROP SEQUENCE IF EXISTS never_was; DROP FUNCTION IF EXISTS never_was(); DROP TYPE IF EXISTS never_was CASCADE; DROP TRIGGER IF EXISTS never_was ON users;

=== harmless new-materialized-view-index
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
CREATE MATERIALIZED VIEW v AS SELECT n FROM users;
CREATE UNIQUE INDEX ON v (n);

=== harmless new-index-by-its-own-name
CREATE TABLE users (n int); INSERT INTO users VALUES (1);
---
CREATE TABLE fresh (id bigint PRIMARY KEY, email text);
CREATE INDEX ON fresh (email);
DROP INDEX fresh_email_idx;

=== hazard concurrently-in-a-transaction-of-the-script: fails 25001
CREATE TABLE users (id bigint PRIMARY KEY, email text);
--- outside
BEGIN;
SELECT 1;
CREATE INDEX CONCURRENTLY emails ON users (email); --!
COMMIT;

=== hazard prepared-delete: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY, email text); INSERT INTO users VALUES (1, 'a');
---
PREPARE gone AS DELETE FROM users; --!
EXECUTE gone;

=== hazard empty-table-takes-the-name: loses SELECT count(*) FROM invoices
CREATE TABLE invoices (id bigint PRIMARY KEY); INSERT INTO invoices VALUES (1);
---
ALTER TABLE invoices RENAME TO invoices_old; --!
CREATE TABLE invoices (id bigint PRIMARY KEY);

=== harmless temporary-by-its-schema
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE TEMP TABLE picked AS SELECT id FROM users;
UPDATE picked SET id = 2;
DROP TABLE pg_temp.picked;

=== harmless dropped-to-be-sure
SELECT 1;
---
DROP TABLE IF EXISTS "Users";
CREATE TABLE "Users" ("Id" bigint PRIMARY KEY, "Order" text);
ALTER TABLE "Users" ADD COLUMN "Drop" text NOT NULL;

=== harmless concurrently-behind-a-transaction
CREATE TABLE users (id bigint PRIMARY KEY, email text);
--- outside
BEGIN;
SELECT 'x';
COMMIT;
CREATE INDEX CONCURRENTLY emails ON users (email);

=== harmless one-row-of-a-table-that-was-altered
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE TABLE teams (a bigint, b bigint, PRIMARY KEY (a, b));
---
ALTER TABLE users ADD COLUMN x int;
UPDATE users SET x = 1 WHERE id = 1;
DELETE FROM users WHERE id IN (-1, -2);

=== hazard many-rows-of-a-table-that-was-altered: locks AccessExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
ALTER TABLE users ADD COLUMN x int;
UPDATE users SET x = 1 WHERE id = 1 OR id > 5; --!

=== hazard column-with-a-key-in-lower-case: locks ShareRowExclusiveLock "Regions"
CREATE TABLE "Regions" (id smallint PRIMARY KEY); CREATE TABLE shops (id bigint PRIMARY KEY);
---
alter table only public.shops
  add if not exists note text,
  add column region smallint /* where */ references "Regions" on delete set null; --!

=== harmless column-with-a-key-to-itself
CREATE TABLE shops (id bigint PRIMARY KEY);
---
ALTER TABLE shops ADD COLUMN parent bigint REFERENCES shops (id);

=== hazard one-table-waits-for-a-scan-of-another: locks AccessExclusiveLock a
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, x int); INSERT INTO b SELECT n, n FROM generate_series(1, 1000) n;
---
ALTER TABLE a ADD COLUMN x int;
-- schema:allow(set-not-null) a few rows
ALTER TABLE b ALTER COLUMN x SET NOT NULL; --!

=== hazard one-table-waits-for-a-validation: locks AccessExclusiveLock a
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, x int); INSERT INTO b SELECT n, n FROM generate_series(1, 1000) n;
ALTER TABLE b ADD CONSTRAINT positive CHECK (x > 0) NOT VALID;
---
ALTER TABLE a ADD COLUMN x int;
ALTER TABLE b VALIDATE CONSTRAINT positive; --!

=== harmless column-and-key-not-valid
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY);
---
ALTER TABLE b ADD COLUMN a_id bigint;
ALTER TABLE b ADD CONSTRAINT b_a_fk FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID;

=== harmless quick-changes-of-three-tables
CREATE TABLE a (id bigint PRIMARY KEY, n varchar(10)); CREATE TABLE b (id bigint PRIMARY KEY, x int NOT NULL); CREATE TABLE c (id bigint PRIMARY KEY, y int);
---
ALTER TABLE a ALTER COLUMN n TYPE varchar(20);
ALTER TABLE b ALTER COLUMN x SET DEFAULT 1, ADD COLUMN z text DEFAULT 'z';
ALTER TABLE c ADD CONSTRAINT big CHECK (y > 0) NOT VALID;

=== harmless validation-of-the-only-table
CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, x int);
ALTER TABLE b ADD CONSTRAINT positive CHECK (x > 0) NOT VALID;
---
CREATE TABLE fresh (id bigint PRIMARY KEY, b_id bigint);
ALTER TABLE b VALIDATE CONSTRAINT positive;

=== hazard table-made-twice: fails 42P07
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE TABLE public.users (id bigint PRIMARY KEY, email text); --!

=== hazard view-takes-a-tables-name: fails 42P07
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE VIEW users AS SELECT 1 AS id; --!

=== hazard index-made-twice-in-another-schema: fails 42P07
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY, a int, b int); CREATE INDEX by_a ON shop.users (a);
--- outside
CREATE INDEX CONCURRENTLY by_a ON shop.users (b); --!

=== harmless index-of-that-name-in-another-schema
CREATE SCHEMA shop; CREATE TABLE shop.users (id bigint PRIMARY KEY, a int); CREATE INDEX by_a ON shop.users (a); CREATE TABLE users (id bigint PRIMARY KEY, a int);
--- outside
CREATE INDEX CONCURRENTLY by_a ON users (a);

=== hazard sequence-of-a-serial-made-again: fails 42P07
CREATE TABLE users (id bigint PRIMARY KEY); CREATE SEQUENCE numbers;
---
CREATE SEQUENCE numbers; --!

=== hazard type-made-twice: fails 42710
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
CREATE TYPE mood AS (a int); --!

=== hazard domain-takes-a-types-name: fails 42710
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
CREATE DOMAIN mood AS text; --!

=== hazard column-made-twice: fails 42701
CREATE TABLE users (id bigint PRIMARY KEY, "Email" text, email text);
---
ALTER TABLE users
  ADD COLUMN phone text,
  ADD COLUMN EMAIL text; --!

=== harmless column-of-another-case
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
ALTER TABLE users ADD COLUMN "Email" text, ADD COLUMN IF NOT EXISTS email text;

=== hazard column-takes-a-columns-name: fails 42701
CREATE TABLE users (id bigint PRIMARY KEY, mail text, email text);
---
ALTER TABLE users RENAME COLUMN mail TO email; --!

=== hazard constraint-made-twice: fails 42710
CREATE TABLE users (id bigint PRIMARY KEY, a int CONSTRAINT a_is_big CHECK (a > 1));
---
ALTER TABLE users ADD CONSTRAINT a_is_big CHECK (a > 2) NOT VALID; --!

=== harmless constraint-of-that-name-elsewhere
CREATE TABLE users (id bigint PRIMARY KEY, a int CONSTRAINT a_is_big CHECK (a > 1)); CREATE TABLE pets (id bigint PRIMARY KEY, a int);
---
ALTER TABLE pets ADD CONSTRAINT a_is_big CHECK (a > 2) NOT VALID;

=== hazard second-primary-key: fails 42P16
CREATE TABLE users (id bigint PRIMARY KEY, code text NOT NULL);
---
ALTER TABLE users ADD PRIMARY KEY (code); --!

=== hazard enum-value-made-twice: fails 42710
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood ADD VALUE 'ok' BEFORE 'sad'; --!

=== harmless enum-value-perhaps-there
CREATE TYPE mood AS ENUM ('sad', 'ok');
---
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok' BEFORE 'sad';

=== hazard trigger-made-twice: fails 42710
CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();
---
SET LOCAL lock_timeout = '3s';
CREATE TRIGGER touch BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f(); --!

=== hazard policy-made-twice: fails 42710
CREATE TABLE users (id bigint PRIMARY KEY); CREATE POLICY own ON users USING (true);
---
CREATE POLICY own ON users FOR SELECT USING (true); --!

=== harmless made-again-after-it-went
CREATE TABLE users (id bigint PRIMARY KEY, a int); CREATE TABLE gone (id bigint PRIMARY KEY); CREATE TYPE mood AS ENUM ('a'); CREATE SEQUENCE numbers;
DROP TABLE gone; DROP TYPE mood; DROP SEQUENCE numbers;
---
CREATE TABLE gone (id bigint PRIMARY KEY);
CREATE TYPE mood AS ENUM ('a');
CREATE SEQUENCE numbers;

=== harmless made-again-after-it-moved
CREATE SCHEMA archive; CREATE TABLE notes (id bigint PRIMARY KEY, a int); CREATE INDEX by_a ON notes (a);
ALTER TABLE notes SET SCHEMA archive;
---
CREATE TABLE notes (id bigint PRIMARY KEY, a int);
CREATE INDEX by_a ON notes (a);

=== harmless made-again-after-a-type-went-with-its-columns
CREATE TYPE mood AS ENUM ('a'); CREATE TABLE diary (id bigint PRIMARY KEY, mood mood); DROP TYPE mood CASCADE;
---
CREATE TYPE mood AS ENUM ('a', 'b');
ALTER TABLE diary ADD COLUMN mood mood;

=== harmless made-where-it-is-not-there-in-do
CREATE TYPE mood AS ENUM ('a'); CREATE TABLE diary (id bigint PRIMARY KEY);
---
DO $$ BEGIN
  CREATE TYPE mood AS ENUM ('a');
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 'diary') THEN
    CREATE TABLE diary (id bigint PRIMARY KEY);
  END IF;
END $$;

=== harmless made-after-what-nobody-can-read
CREATE TABLE diary (id bigint PRIMARY KEY, mood text CONSTRAINT odd CHECK (mood <> '')); DO $$ BEGIN EXECUTE format('ALTER TABLE %I DROP CONSTRAINT odd', 'diary'); END $$;
---
ALTER TABLE diary ADD CONSTRAINT odd CHECK (mood <> 'x') NOT VALID;

=== harmless temporary-namesake
CREATE TABLE users (id bigint PRIMARY KEY, email text); INSERT INTO users VALUES (1, 'a');
---
CREATE TEMPORARY TABLE users ON COMMIT DROP AS SELECT 1 AS x;
ALTER TABLE pg_temp.users ADD COLUMN y int;

=== harmless constraint-exchanged-under-its-name
CREATE TABLE users (id bigint PRIMARY KEY, a int CONSTRAINT a_is_big CHECK (a > 1));
---
ALTER TABLE users DROP CONSTRAINT a_is_big, ADD CONSTRAINT a_is_big CHECK (a > 0) NOT VALID;

=== harmless index-adopted-under-its-name
CREATE TABLE coupons (id bigint PRIMARY KEY, code text NOT NULL); CREATE UNIQUE INDEX coupons_code ON coupons (code);
ALTER TABLE coupons ADD CONSTRAINT coupons_code_unique UNIQUE USING INDEX coupons_code;
---
CREATE TABLE orders (id bigint PRIMARY KEY, code text NOT NULL);
CREATE INDEX coupons_code ON orders (code);

=== hazard altered-after-it-went: fails 42P01
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY); DROP TABLE pets;
---
ALTER TABLE pets ADD COLUMN name text; --!

=== hazard altered-under-its-old-name: fails 42P01
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY); ALTER TABLE pets RENAME TO animals;
---
UPDATE pets SET id = 2 WHERE id = 1; --!

=== hazard misspelt-column: fails 42703
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
ALTER TABLE users
  ALTER COLUMN emial SET DEFAULT ''; --!

=== hazard misspelt-column-of-a-row: fails 42703
CREATE TABLE users (id bigint PRIMARY KEY, email text);
---
INSERT INTO users (id, mail) VALUES (1, 'a'); --!

=== hazard misspelt-column-of-a-key: fails 42703
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY);
---
ALTER TABLE pets ADD FOREIGN KEY (owner_id) REFERENCES users NOT VALID; --!

=== hazard key-to-nothing: fails 42P01
CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE TABLE pets (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES user_accounts); --!

=== hazard misspelt-constraint: fails 42704
CREATE TABLE users (id bigint PRIMARY KEY, a int CONSTRAINT a_is_big CHECK (a > 1));
---
ALTER TABLE users VALIDATE CONSTRAINT a_is_bigger; --!

=== hazard misspelt-enum-value: fails 22023
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE diary (id bigint PRIMARY KEY, mood mood);
---
ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'; --!

=== hazard dropped-twice: fails 42P01
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY); DROP TABLE pets;
---
DROP TABLE pets; --!

=== harmless column-that-comes-in-the-same-statement
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users ADD COLUMN email text, ALTER COLUMN email SET DEFAULT '', ADD CONSTRAINT short CHECK (email <> 'x') NOT VALID;

=== harmless names-of-the-engine
CREATE TABLE users (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, email text UNIQUE);
---
DELETE FROM users WHERE ctid = '(0,1)';
ALTER SEQUENCE users_id_seq CACHE 10;
ALTER TABLE users RENAME CONSTRAINT users_email_key TO one_mail_each;

=== harmless columns-of-a-parent
CREATE TABLE parents (id bigint PRIMARY KEY, name text); CREATE TABLE kids (age int) INHERITS (parents);
---
UPDATE kids SET name = '' WHERE id = 1;
ALTER TABLE kids ALTER COLUMN name SET DEFAULT '';

=== harmless table-of-an-extension-function
CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE made (id bigint PRIMARY KEY)'; SELECT make();
---
ALTER TABLE made ADD COLUMN a int;

=== hazard all-rows-by-or: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2);
---
DELETE FROM t WHERE a = 1 OR true; --!

=== hazard all-rows-by-key: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2);
---
DELETE FROM t --!
WHERE (id IS NOT NULL);

=== hazard all-rows-by-not: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2);
---
DELETE FROM t WHERE NOT (1 = 2) AND 'x' = 'x'; --!

=== hazard all-rows-null-or-not: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, NULL);
---
DELETE FROM t WHERE a IS NULL OR a IS NOT NULL; --!

=== hazard all-rows-by-query-of-itself: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, NULL);
---
DELETE FROM t WHERE id IN (SELECT id FROM t); --!

=== hazard all-rows-using: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE u (id bigint PRIMARY KEY, a int); INSERT INTO u VALUES (1, 1);
---
DELETE FROM t USING u; --!

=== hazard all-rows-using-the-other: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE u (id bigint PRIMARY KEY, a int); INSERT INTO u VALUES (1, 1);
---
DELETE FROM t USING u AS other WHERE other.a = 1; --!

=== hazard all-rows-merged: loses SELECT count(*) FROM t
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE u (id bigint PRIMARY KEY, a int); INSERT INTO u VALUES (1, 1);
---
MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE; --!

=== harmless some-rows-merged
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE u (id bigint PRIMARY KEY, a int); INSERT INTO u VALUES (1, 1);
---
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET a = u.a WHEN NOT MATCHED THEN INSERT VALUES (u.id, u.a);

=== harmless rows-that-others-name
CREATE TABLE t (id bigint PRIMARY KEY, a int); INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE u (id bigint PRIMARY KEY, a int); INSERT INTO u VALUES (1, 1);
---
UPDATE t AS x SET a = y.a FROM u AS y WHERE y.a > 1 AND y.id = x.id;
DELETE FROM t USING t AS other WHERE t.id > other.id AND t.a = other.a;
UPDATE t SET a = 1 WHERE a BETWEEN 3 AND 3 AND (a = 4 OR id IS NULL);

=== hazard doubles-become-unique: fails 23505
CREATE TABLE people (id bigint PRIMARY KEY, mail text, team int); INSERT INTO people (id, mail, team) VALUES (1, 'a', 1), (2, 'b', 1); INSERT INTO people VALUES (3, 'a', 2);
--- outside
CREATE UNIQUE INDEX CONCURRENTLY people_mail ON people (mail); --!

=== harmless doubles-of-one-column-alone
CREATE TABLE people (id bigint PRIMARY KEY, mail text, team int); INSERT INTO people (id, mail, team) VALUES (1, 'a', 1), (2, 'a', 2), (3, NULL, 2), (4, NULL, 2);
--- outside
CREATE UNIQUE INDEX CONCURRENTLY people_mail ON people (mail, team);

=== harmless doubles-that-were-changed
CREATE TABLE people (id bigint PRIMARY KEY, mail text); INSERT INTO people VALUES (1, 'a'), (2, 'a'); UPDATE people SET mail = 'b' WHERE id = 2;
--- outside
CREATE UNIQUE INDEX CONCURRENTLY people_mail ON people (mail);

=== harmless doubles-of-words-alone
CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token uuid); INSERT INTO people (token) VALUES (gen_random_uuid()), (gen_random_uuid());
--- outside
CREATE UNIQUE INDEX CONCURRENTLY people_token ON people (token);

=== hazard unique-index-goes-quietly: breaks INSERT INTO prefs VALUES (1, 'a') ON CONFLICT (user_id) DO NOTHING
CREATE TABLE prefs (user_id bigint, k text); CREATE UNIQUE INDEX one_each ON prefs (user_id);
--- outside
DROP INDEX CONCURRENTLY IF EXISTS one_each; --!

=== harmless unique-index-goes-for-another
CREATE TABLE prefs (user_id bigint, k text); CREATE UNIQUE INDEX one_each ON prefs (user_id);
--- outside
CREATE UNIQUE INDEX CONCURRENTLY one_each_again ON prefs (user_id) INCLUDE (k);
DROP INDEX CONCURRENTLY one_each;

=== hazard numbers-of-an-identity: breaks INSERT INTO plans (name) VALUES ('team')
CREATE TABLE plans (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');
---
INSERT INTO plans VALUES (3, 'pro'); --!

=== harmless numbers-below-the-first
CREATE TABLE plans (id bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 1000) PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');
---
INSERT INTO plans VALUES (3, 'pro');

=== harmless numbers-restarted
CREATE TABLE plans (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free');
---
INSERT INTO plans VALUES (3, 'pro');
ALTER TABLE plans ALTER COLUMN id RESTART WITH 4;

=== harmless key-exchanged-for-one-that-cascades
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
---
ALTER TABLE pets ADD CONSTRAINT pets_user FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL NOT VALID;

=== hazard table-renamed-below-its-name: breaks SELECT id FROM parcels
CREATE TABLE parcels (id bigint PRIMARY KEY);
---
CREATE TABLE labels (parcel_id bigint PRIMARY KEY);
ALTER TABLE
  parcels
  RENAME TO packages; --!

=== hazard type-renamed-below-its-name: breaks SELECT 'sad'::mood
CREATE TYPE mood AS ENUM ('sad');
---
ALTER TYPE mood
  RENAME TO feeling; --!

=== harmless sequence-of-a-serial-renamed
CREATE TABLE old (id bigserial PRIMARY KEY);
---
ALTER SEQUENCE old_id_seq RENAME TO new_id_seq;

=== hazard sequence-that-programs-name-renamed: breaks SELECT nextval('numbers')
CREATE TABLE old (id bigserial PRIMARY KEY); CREATE SEQUENCE numbers;
---
ALTER SEQUENCE numbers RENAME TO figures; --!

=== harmless function-of-a-trigger-goes-with-it
CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
---
DROP FUNCTION touch();

=== harmless trigger-exchanged
CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
---
CREATE OR REPLACE TRIGGER touched BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();

=== hazard trigger-of-that-name-elsewhere: locks ShareRowExclusiveLock users
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON pets FOR EACH ROW EXECUTE FUNCTION touch();
---
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch(); --!

=== harmless primary-key-in-place-of-its-column
CREATE TABLE likes (id bigserial PRIMARY KEY, person_id int, post_id int);
---
-- schema:allow(drop-column) nobody reads it
-- schema:allow(primary-key-build) a few rows
ALTER TABLE likes DROP COLUMN id, ADD PRIMARY KEY (person_id, post_id);

=== harmless unique-key-becomes-the-primary-one-after-a-rename
CREATE TABLE likes (user_id int NOT NULL, post_id int NOT NULL, UNIQUE (post_id, user_id));
ALTER TABLE likes RENAME COLUMN user_id TO person_id;
---
-- schema:allow(primary-key-build) a few rows
ALTER TABLE likes ADD PRIMARY KEY (person_id, post_id), DROP CONSTRAINT likes_post_id_user_id_key;

=== hazard unique-key-of-fewer-columns: loses SELECT count(*) FROM pg_constraint WHERE conname = 'likes_post_id_key'
CREATE TABLE likes (user_id int NOT NULL, post_id int NOT NULL UNIQUE);
---
ALTER TABLE likes DROP CONSTRAINT likes_post_id_key; --!
-- schema:allow(unique-constraint) a few rows
ALTER TABLE likes ADD UNIQUE (post_id, user_id);

=== harmless columns-that-a-parent-gave
CREATE TABLE events (at int, kind text) PARTITION BY RANGE (at); CREATE TABLE first (at int, kind text);
ALTER TABLE events ATTACH PARTITION first FOR VALUES FROM (1) TO (2);
ALTER TABLE events ADD COLUMN note text;
---
UPDATE first SET note = '' WHERE at = 1 AND kind = 'x';

=== harmless sequence-made-again-after-its-owner-went
CREATE TABLE orders (id bigint PRIMARY KEY, number bigint); CREATE SEQUENCE numbers; ALTER SEQUENCE numbers OWNED BY orders.number; DROP TABLE orders; CREATE TABLE users (id bigint PRIMARY KEY);
---
CREATE SEQUENCE numbers;

=== hazard numbered-always-from-now-on: breaks INSERT INTO users VALUES (900)
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users
  ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (START WITH 1000); --!

=== harmless numbered-by-default-from-now-on
CREATE TABLE users (id bigint PRIMARY KEY);
---
ALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 1000);

=== hazard rows-copied-with-their-numbers: breaks INSERT INTO people (name) VALUES ('b')
CREATE TABLE old (id bigint PRIMARY KEY, name text); INSERT INTO old SELECT n, 'a' FROM generate_series(1, 9) n; CREATE TABLE people (id bigserial PRIMARY KEY, name text);
---
INSERT INTO people (id, name) SELECT id, name FROM old; --!

=== harmless rows-copied-without-their-numbers
CREATE TABLE old (id bigint PRIMARY KEY, name text); INSERT INTO old SELECT n, 'a' FROM generate_series(1, 9) n; CREATE TABLE people (id bigserial PRIMARY KEY, name text); INSERT INTO people (name) VALUES ('b');
---
INSERT INTO people (name) SELECT name FROM old;

=== hazard inserted-before: fails 23505
CREATE TABLE plans (id int PRIMARY KEY, code text NOT NULL UNIQUE); INSERT INTO plans (id, code) VALUES (1, 'free'), (2, 'team');
---
INSERT INTO plans (id, code) VALUES (3, 'pro');
INSERT INTO plans (code, id) --!
VALUES ('big', 4),
       ('team', 5);

=== hazard inserted-before-as-text: fails 23505
CREATE TABLE plans (id int, region text, PRIMARY KEY (region, id)); INSERT INTO plans VALUES (1, 'eu'), (1, 'us');
---
INSERT INTO public.plans VALUES ('1', 'us'); --!

=== hazard inserted-before-index: fails 23505
CREATE TABLE plans (id uuid, name text); CREATE UNIQUE INDEX ON plans (id); INSERT INTO plans VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x');
---
INSERT INTO plans VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'y'); --!

=== hazard inserted-in-one-statement: fails 23505
CREATE TABLE plans (id int PRIMARY KEY, name text);
---
INSERT INTO plans VALUES (7, 'a'), (8, 'b'), (7, 'c'); --!

=== hazard inserted-after-change-of-another: fails 23505
CREATE TABLE plans (id int PRIMARY KEY, name text); CREATE TABLE users (id int PRIMARY KEY, n int); INSERT INTO plans VALUES (1, 'a');
---
UPDATE users SET n = 1 WHERE id = 4;
ALTER TABLE plans ADD COLUMN note text;
WITH one AS (SELECT 1)
INSERT INTO plans (id, name) VALUES (1, 'b'); --!

=== harmless inserted-after-update
CREATE TABLE plans (id int PRIMARY KEY, name text UNIQUE); INSERT INTO plans VALUES (1, 'a');
---
UPDATE plans SET name = 'b' WHERE id = 1;
INSERT INTO plans VALUES (2, 'a');

=== harmless inserted-once-more-and-let-be
CREATE TABLE plans (id int PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'a');
---
INSERT INTO plans VALUES (1, 'b') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO plans SELECT 1, 'c' WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 1);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM plans WHERE id = 1) THEN INSERT INTO plans VALUES (1, 'd'); END IF; END $$;

=== harmless inserted-after-parent-is-deleted
CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE pets (id int PRIMARY KEY, owner int NOT NULL REFERENCES users ON DELETE CASCADE); CREATE INDEX ON pets (owner); INSERT INTO users VALUES (1), (2); INSERT INTO pets VALUES (1, 1);
---
-- schema:allow(delete-cascades) pets go, too
DELETE FROM users WHERE id = 1;
INSERT INTO pets VALUES (1, 2);

=== harmless inserted-with-other-values
CREATE TABLE plans (id int, region text, at timestamptz UNIQUE, PRIMARY KEY (id, region)); INSERT INTO plans VALUES (1, 'eu', 'now');
---
INSERT INTO plans VALUES (1, 'us', NULL), (2, 'eu', DEFAULT), (1, 'EU', now());

=== harmless inserted-through-a-trigger
CREATE TABLE plans (id int PRIMARY KEY, name text); CREATE FUNCTION next_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.id = (SELECT coalesce(max(id), 0) + 1 FROM plans); RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION next_one(); INSERT INTO plans VALUES (0, 'a');
---
INSERT INTO plans VALUES (0, 'b');

=== harmless inserted-where-a-partial-index-lets-it
CREATE TABLE plans (id int PRIMARY KEY, code text, live boolean); CREATE UNIQUE INDEX ON plans (code) WHERE live; INSERT INTO plans VALUES (1, 'a', false);
---
INSERT INTO plans VALUES (2, 'a', true), (3, NULL, true);

=== hazard sequence-restarted: breaks INSERT INTO plans (name) VALUES ('pro')
CREATE TABLE plans (id serial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free'), ('team');
---
ALTER SEQUENCE plans_id_seq --!
  RESTART
  WITH 2;

=== hazard sequence-set: breaks INSERT INTO plans (name) VALUES ('pro')
CREATE TABLE plans (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free'), ('team');
---
SELECT pg_catalog.setval(pg_get_serial_sequence('plans', 'id'), 1, true); --!

=== hazard sequence-of-a-default: breaks INSERT INTO plans (name) VALUES ('pro')
CREATE SEQUENCE numbers; CREATE TABLE plans (id bigint PRIMARY KEY DEFAULT nextval('numbers'::regclass), name text); INSERT INTO plans (name) VALUES ('free');
---
alter sequence if exists public.numbers restart; --!

=== harmless sequence-set-to-what-is-there
CREATE TABLE plans (id serial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free'), ('team');
---
SELECT setval('plans_id_seq', coalesce((SELECT max(id) FROM plans), 1));

=== harmless sequence-with-room
CREATE TABLE plans (id serial PRIMARY KEY, name text); INSERT INTO plans (name) VALUES ('free'), ('team');
---
ALTER SEQUENCE plans_id_seq RESTART WITH 100000;
ALTER SEQUENCE plans_id_seq CACHE 20;

=== harmless sequence-of-a-new-table
CREATE TABLE plans (id serial PRIMARY KEY, name text);
---
CREATE TABLE teams (id serial PRIMARY KEY, name text);
ALTER SEQUENCE teams_id_seq RESTART WITH 10;

=== harmless sequence-set-right
CREATE TABLE plans (id serial PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'free'), (2, 'team');
---
SELECT setval('plans_id_seq', 3, false);

=== harmless sequence-that-nothing-uses
CREATE SEQUENCE tickets; CREATE TABLE plans (id int PRIMARY KEY);
---
ALTER SEQUENCE tickets RESTART;

=== hazard view-shrinks: fails 42P16
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW adults AS SELECT id, email, age FROM users WHERE age > 17;
---
CREATE OR REPLACE VIEW adults AS --!
SELECT id,
       age
FROM users WHERE age > 18;

=== hazard view-column-renamed: fails 42P16
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE VIEW names AS SELECT u.id, u.email FROM users AS u; ALTER TABLE users RENAME COLUMN email TO mail;
---
create or replace view public.names as select u.id, u.mail from users u; --!

=== hazard view-column-in-between: fails 42P16
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email FROM users;
---
CREATE OR REPLACE VIEW names AS SELECT id, age, email FROM users; --!

=== hazard view-retyped: fails 42P16
CREATE TABLE users (id int PRIMARY KEY, code varchar(5)); CREATE VIEW codes (number, code) AS SELECT id, code FROM users UNION ALL SELECT 1, 'a'; CREATE VIEW ids AS SELECT id FROM users;
---
CREATE OR REPLACE VIEW ids AS SELECT CAST(id AS bigint) AS id FROM users; --!

=== hazard view-of-union-renamed: fails 42P16
CREATE TABLE users (id int PRIMARY KEY, code varchar(5)); CREATE VIEW codes (number, code) AS SELECT id, code FROM users UNION ALL SELECT 1, 'a';
---
CREATE OR REPLACE VIEW codes AS SELECT id, code FROM users UNION ALL SELECT 1, 'a'; --!

=== harmless view-grows
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email FROM users;
---
CREATE OR REPLACE VIEW names AS WITH u AS (SELECT * FROM users) SELECT u.id, u.email, lower(email), u.age + 1 FROM u;

=== harmless view-says-it-otherwise
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20), n numeric(8, 2)); CREATE VIEW names AS SELECT id, email, n, now() AS at FROM users;
---
CREATE OR REPLACE VIEW names AS SELECT x.id, CAST(x.email AS varchar(20)), x.n, CAST(now() AS timestamptz) AS at FROM users x JOIN users y USING (id);

=== harmless view-made-anew
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE VIEW names AS SELECT * FROM users; CREATE VIEW mails AS SELECT id, email FROM users; ALTER VIEW mails RENAME COLUMN email TO mail;
---
CREATE OR REPLACE VIEW names AS SELECT id, email FROM users;
CREATE OR REPLACE VIEW mails AS SELECT id, email AS mail FROM users;

=== hazard delete-behind-with: loses SELECT count(*) FROM users
CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1);
---
-- all of them
WITH now AS (SELECT 1)
DELETE --!
FROM users
WHERE true;

=== hazard row-without-required: fails 23502
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);
---
INSERT INTO users (age, id) VALUES (3, 1); --!

=== hazard row-with-null: fails 23502
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, age int);
---
INSERT INTO users VALUES (1, 'a'), (2, NULL); --!

=== hazard row-too-long: fails 22001
CREATE TABLE users (id bigint PRIMARY KEY, code varchar(3), letter char);
---
INSERT INTO users (id, letter, code) --!
VALUES (1, 'x', 'abcd');

=== hazard row-out-of-range: fails 22003
CREATE TABLE users (id smallserial PRIMARY KEY, n int);
---
INSERT INTO users (n) VALUES (-2147483649); --!

=== hazard row-of-no-number: fails 22P02
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
INSERT INTO users (id, n) VALUES (1, ''); --!

=== hazard more-values-than-columns: fails 42601
CREATE TABLE users (id bigint PRIMARY KEY, n int);
---
INSERT INTO users VALUES (1, 2, 3); --!

=== harmless rows-that-fit
CREATE DOMAIN code AS text DEFAULT 'x'; CREATE TABLE users (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), c code NOT NULL, n int, a varchar(3)[], half int GENERATED ALWAYS AS (n / 2) STORED); INSERT INTO users (n) VALUES (1);
---
INSERT INTO users (n, a) VALUES (-2147483648, '{abc,abd,abe}'), (' 7 ', NULL), (NULL, DEFAULT);

=== harmless rows-that-a-trigger-fills
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL); CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.email = 'none'; RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fill(); INSERT INTO users (id) VALUES (9);
---
INSERT INTO users (id) VALUES (1);

=== hazard delete-takes-children: loses SELECT count(*) FROM pets
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY, owner bigint REFERENCES users ON DELETE CASCADE); INSERT INTO users VALUES (1); INSERT INTO pets VALUES (1, 1);
---
DELETE --!
FROM users WHERE id = 1;

=== harmless delete-after-children
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE pets (id bigint PRIMARY KEY, owner bigint REFERENCES users ON DELETE SET NULL); CREATE TABLE toys (id bigint PRIMARY KEY, owner bigint REFERENCES users); INSERT INTO users VALUES (1), (2);
---
DELETE FROM pets WHERE owner = 1;
DELETE FROM users WHERE id = 1;

=== hazard key-to-nothing-unique: fails 42830
CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX ON users (lower(email));
---
CREATE TABLE pets (
  id bigint PRIMARY KEY,
  owner text REFERENCES users (email) --!
);

=== harmless key-to-a-unique-index
CREATE TABLE users (id bigint PRIMARY KEY, email text, n int, UNIQUE (n, id)); CREATE UNIQUE INDEX ON users (email);
---
CREATE TABLE pets (id bigint PRIMARY KEY, owner text UNIQUE REFERENCES users (email), n int, o bigint, FOREIGN KEY (o, n) REFERENCES users (id, n));
CREATE INDEX ON pets (o, n);
CREATE TABLE nodes (id bigint PRIMARY KEY, up bigint UNIQUE REFERENCES nodes (id));

=== hazard view-without-a-column: breaks SELECT age FROM names
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email, age FROM users;
---
DROP VIEW IF EXISTS names;
CREATE VIEW names (id, email) AS --!
SELECT id, email FROM users;

=== harmless view-made-anew-with-all
CREATE TABLE users (id bigint PRIMARY KEY, email text, age int); CREATE VIEW names AS SELECT id, email FROM users;
---
DROP VIEW names;
CREATE VIEW names AS SELECT u.email, u.age, 1 AS id FROM users u;

=== hazard function-of-another-type: fails 42P13
CREATE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT amount * 0.2 $$;
---
create or replace function tax(amount numeric) returns double precision --!
language sql immutable as $$ select (amount * 0.2)::float8 $$;

=== harmless function-of-the-same-type
CREATE FUNCTION tax(amount numeric) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT (amount * 0.2)::int $$;
---
CREATE OR REPLACE FUNCTION tax(amount numeric) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT round(amount * 0.21)::integer $$;

=== hazard swapped-for-a-copy: breaks INSERT INTO stock (sku, n) VALUES ('a', 9) ON CONFLICT (sku) DO UPDATE SET n = 9
CREATE TABLE stock (sku text PRIMARY KEY, n int NOT NULL);
INSERT INTO stock VALUES ('a', 1);
---
CREATE TABLE stock_new AS SELECT sku, n::bigint AS n FROM stock; --!
ALTER TABLE stock RENAME TO stock_old;
ALTER TABLE stock_new RENAME TO stock;

=== harmless copy-with-its-key-swapped-on-an-empty-name
CREATE TABLE stock (sku text PRIMARY KEY, n int NOT NULL);
INSERT INTO stock VALUES ('a', 1);
---
CREATE TABLE stock_2024 AS SELECT sku, n FROM stock;
ALTER TABLE stock_2024 RENAME TO stock_archive;

=== harmless vacuum-that-is-not-full
CREATE TABLE stock (sku text PRIMARY KEY, n int NOT NULL);
INSERT INTO stock VALUES ('a', 1);
--- outside
VACUUM (FULL off, ANALYZE) stock;

=== harmless rows-that-an-identity-numbers
CREATE TABLE users (id bigint NOT NULL, n int); ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id); ALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY; CREATE SEQUENCE pet_numbers; CREATE TABLE pets (id bigint PRIMARY KEY, n int); ALTER TABLE pets ALTER COLUMN id SET DEFAULT nextval('pet_numbers'); INSERT INTO users (n) VALUES (0); INSERT INTO pets (n) VALUES (0);
---
INSERT INTO users (n) VALUES (1);
INSERT INTO pets (n) VALUES (1);

=== harmless rows-that-somebody-unknown-may-fill
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.n = 1; RETURN new; END $$; CREATE FUNCTION watch(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('CREATE TRIGGER fill BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION fill()', name); END $$; CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL); SELECT watch('users'); INSERT INTO users (id) VALUES (9);
---
INSERT INTO users (id) VALUES (1);

=== hazard row-that-points-to-nothing: fails 23503
CREATE TABLE plans (code text PRIMARY KEY); INSERT INTO plans VALUES ('free'), ('team');
CREATE TABLE prices (plan text NOT NULL REFERENCES plans, cents int);
---
INSERT INTO prices VALUES ('free', 0);
INSERT INTO prices VALUES ('team', 900), --!
  ('enterprise', 9000);

=== harmless row-that-points-to-a-new-one
CREATE TABLE plans (code text PRIMARY KEY); INSERT INTO plans VALUES ('free'), ('team');
CREATE TABLE prices (plan text NOT NULL REFERENCES plans, cents int); INSERT INTO prices VALUES ('free', 0);
---
INSERT INTO plans VALUES ('enterprise') ON CONFLICT DO NOTHING;
INSERT INTO prices VALUES ('team', 900), ('enterprise', 9000);

=== harmless rows-that-a-scratch-table-names
CREATE TABLE "Stock" (id bigint PRIMARY KEY, n int); INSERT INTO "Stock" VALUES (1, -1), (2, 1);
---
CREATE TABLE wrong AS SELECT id FROM "Stock" WHERE n < 0;
UPDATE "Stock" SET n = 0 WHERE id IN (SELECT id FROM wrong);
DROP TABLE wrong;
