=== disables the triggers that note keys
-- Then all rows are compared: the write is seen and merged.
--- experiment
ALTER TABLE accounts DISABLE TRIGGER USER;
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TABLE accounts ENABLE TRIGGER USER
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== disables all triggers, also those of foreign keys
--- experiment
ALTER TABLE orders DISABLE TRIGGER ALL
--- expected
experiment: PERMISSION_DENIED 42501

=== drops a trigger that notes keys
--- experiment
DROP TRIGGER offshoot_capture_update ON accounts;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== renames a trigger that notes keys
-- The base has none, so that the statement cannot be replayed there.
--- experiment
ALTER TRIGGER offshoot_capture_update ON accounts RENAME TO mine;
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TRIGGER mine ON accounts RENAME TO offshoot_capture_update
--- expected
diff: NOT_CARRIED 42704

=== puts a trigger of its own in the place of one that notes keys
--- experiment
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
DROP TRIGGER offshoot_capture_update ON accounts;
CREATE TRIGGER offshoot_capture_update AFTER UPDATE ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION nothing();
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== exchanges the function that notes keys
--- experiment
CREATE OR REPLACE FUNCTION offshoot_capture.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'
--- expected
experiment: PERMISSION_DENIED 42501

=== has the triggers skipped as on a replica
--- experiment
SET session_replication_role = replica
--- expected
experiment: PERMISSION_DENIED 42501

=== notes keys that nobody wrote
--- experiment
INSERT INTO offshoot_capture.log VALUES ('accounts'::regclass, 1, 1, '{1}')
--- expected
experiment: PERMISSION_DENIED 42501

=== takes away keys that were noted
--- experiment
UPDATE accounts SET balance = 1 WHERE id = 1;
DELETE FROM offshoot_capture.log
--- expected
experiment: PERMISSION_DENIED 42501

=== reads the keys that were noted
--- experiment
SELECT * FROM offshoot_capture.log
--- expected
experiment: PERMISSION_DENIED 42501

=== drops the place of the log
--- experiment
DROP SCHEMA offshoot_capture CASCADE
--- expected
experiment: PERMISSION_DENIED 42501

=== moves the place of the log and makes one of its own
--- experiment
ALTER SCHEMA offshoot_capture RENAME TO elsewhere
--- expected
experiment: PERMISSION_DENIED 42501

=== makes the place of the log first
--- experiment
CREATE SCHEMA IF NOT EXISTS offshoot_capture;
CREATE TABLE offshoot_capture.mine (a int)
--- expected
experiment: PERMISSION_DENIED 42501

=== calls the function that notes keys, which runs as the reader
--- experiment
CREATE TABLE bait (id int PRIMARY KEY);
CREATE TRIGGER mine AFTER INSERT ON bait FOR EACH STATEMENT EXECUTE FUNCTION offshoot_capture.note('{1}', '{23}')
--- expected
experiment: PERMISSION_DENIED 42501

=== drops the key by which rows are noted
--- experiment
ALTER TABLE accounts DROP CONSTRAINT accounts_pkey;
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TABLE accounts ADD PRIMARY KEY (id)
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== gives the key a type whose print is code of its own
--- experiment
CREATE TYPE kind AS ENUM ('1', '2');
CREATE FUNCTION shown(kind) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN '7'; END $$;
CREATE CAST (kind AS text) WITH FUNCTION shown(kind) AS ASSIGNMENT;
DROP VIEW rich;
ALTER TABLE accounts ALTER id TYPE kind USING (id::text)::kind;
UPDATE accounts SET balance = 1 WHERE id = '1'
--- expected
hazards: CREATES_CODE

=== renames the column of the key while it is noted
--- experiment
ALTER TABLE accounts RENAME id TO number;
UPDATE accounts SET balance = 1 WHERE number = 1;
ALTER TABLE accounts RENAME number TO id
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== swaps the names of two tables while it writes
--- experiment
CREATE TABLE twin (id int PRIMARY KEY, balance int NOT NULL);
ALTER TABLE accounts RENAME TO aside;
ALTER TABLE twin RENAME TO accounts;
UPDATE aside SET balance = 1 WHERE id = 1;
ALTER TABLE accounts RENAME TO twin;
ALTER TABLE aside RENAME TO accounts;
DROP TABLE twin
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== writes rows, and makes the table unlogged and logged again
--- experiment
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TABLE accounts SET UNLOGGED;
ALTER TABLE accounts SET LOGGED
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== empties the table and fills it again
--- experiment
TRUNCATE accounts;
INSERT INTO accounts VALUES (1, 1), (2, 200)
--- expected
merge: merged
--- then
SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts => 1 200

=== hides a row behind a rule
--- experiment
CREATE RULE hide AS ON UPDATE TO items DO INSTEAD UPDATE accounts SET balance = 1 WHERE id = 1;
UPDATE items SET note = 'seen' WHERE id = 1;
DROP RULE hide ON items
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== writes rows in a query
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN UPDATE accounts SET balance = 1 WHERE id = 1; RETURN 1; END $$;
SELECT deed();
DROP FUNCTION deed()
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== writes rows in a check
-- Checks run in a transaction that may not write.
--- experiment
CREATE FUNCTION deed() RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN UPDATE accounts SET balance = 1 WHERE id = 1; RETURN true; END $$
--- checks
SELECT deed()
--- expected
experiment: SQL_ERROR 25006

=== writes rows in a check that makes its transaction fit to write
--- experiment
CREATE FUNCTION deed() RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN SET transaction_read_only = off; UPDATE accounts SET balance = 1 WHERE id = 1; RETURN true; END $$
--- checks
SELECT deed()
--- expected
experiment: STATEMENT_REFUSED 25001

=== has the counters read from a snapshot of before
--- experiment
SET stats_fetch_consistency = snapshot;
SELECT count(*) FROM pg_stat_xact_user_tables;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== empties the counters of one table
--- experiment
UPDATE accounts SET balance = 1 WHERE id = 1;
SELECT pg_stat_reset_single_table_counters('accounts'::regclass)
--- expected
experiment: PERMISSION_DENIED 42501

=== writes, is caught by an error and writes again
--- experiment
DO $$ BEGIN
  BEGIN UPDATE accounts SET balance = 5; RAISE 'x'; EXCEPTION WHEN raise_exception THEN NULL; END;
  UPDATE accounts SET balance = 1 WHERE id = 1;
END $$
--- expected
merge: merged
--- then
SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts => 1 200

=== makes receipts that say it was merged
--- experiment
CREATE SCHEMA offshoot;
CREATE TABLE offshoot.merge_receipt (experiment_id text PRIMARY KEY, digest text)
--- expected
experiment: NOT_CARRIED schema offshoot

=== takes receipts away that came with the branch
--- parent
CREATE SCHEMA offshoot;
CREATE TABLE offshoot.merge_receipt (experiment_id text PRIMARY KEY, digest text);
INSERT INTO offshoot.merge_receipt VALUES ('before', 'x');
--- experiment
DELETE FROM offshoot.merge_receipt
--- expected
experiment: PERMISSION_DENIED 42501 schema offshoot

=== gives the receipts a trigger
--- parent
CREATE SCHEMA offshoot;
CREATE TABLE offshoot.merge_receipt (experiment_id text PRIMARY KEY, digest text);
--- experiment
CREATE FUNCTION deed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN NEW; END $$;
CREATE TRIGGER deed BEFORE INSERT ON offshoot.merge_receipt FOR EACH ROW EXECUTE FUNCTION deed()
--- expected
experiment: PERMISSION_DENIED 42501 schema offshoot

=== names a table as the place of receipts, in other letters
--- experiment
CREATE SCHEMA "Offshoot";
CREATE TABLE "Offshoot".merge_receipt (experiment_id text PRIMARY KEY);
INSERT INTO "Offshoot".merge_receipt VALUES ('mine')
--- expected
merge: merged

=== writes the base under its name
--- experiment
UPDATE "{base}".public.accounts SET balance = 1
--- expected
experiment: SQL_ERROR 0A000

=== drops the base
--- experiment
DROP DATABASE "{base}"
--- expected
experiment: STATEMENT_REFUSED 25001
