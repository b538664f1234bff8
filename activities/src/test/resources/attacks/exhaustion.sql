=== sleeps for ever
-- statement-timeout: 1s
--- experiment
SET statement_timeout = 0;
SELECT pg_sleep(3600)
--- expected
experiment: LIMIT_EXCEEDED limits.statementTimeout

=== computes for ever
-- statement-timeout: 1s
--- experiment
DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED limits.statementTimeout

=== asks without end
-- statement-timeout: 1s
--- experiment
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r
--- expected
experiment: LIMIT_EXCEEDED

=== joins everything with everything
-- statement-timeout: 1s
--- experiment
SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c
--- expected
experiment: LIMIT_EXCEEDED

=== calls itself for ever
--- experiment
CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN deep(n + 1); END';
SELECT deep(1)
--- expected
experiment: SQL_ERROR 54001

=== nests a value deeper than the stack
--- experiment
SELECT repeat('[', 1000000)::json
--- expected
experiment: SQL_ERROR 54001

=== fills the disk with rows
-- max-growth-mb: 4
--- experiment
INSERT INTO scribbles SELECT repeat(md5(g::text), 100) FROM generate_series(1, 10000000) g
--- expected
experiment: LIMIT_EXCEEDED maxBranchGrowth

=== fills the disk with rows of a temporary table
-- max-growth-mb: 4
--- experiment
CREATE TEMPORARY TABLE heap AS SELECT repeat(md5(g::text), 100) FROM generate_series(1, 10000000) g
--- expected
experiment: LIMIT_EXCEEDED maxBranchGrowth

=== fills the disk with rows that are rolled back
-- max-growth-mb: 4
-- statement-timeout: 5s
--- experiment
DO $$ BEGIN LOOP
  BEGIN
    INSERT INTO scribbles SELECT repeat(md5(g::text), 100) FROM generate_series(1, 500) g;
    RAISE 'x';
  EXCEPTION WHEN raise_exception THEN NULL; END;
END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED maxBranchGrowth

=== fills the disk with the files of a sort
-- No setting of the branch's role bounds them; the clock does.
-- statement-timeout: 1s
--- experiment
SET work_mem = '64kB';
SELECT count(*) FROM (SELECT md5(g::text) AS m FROM generate_series(1, 100000000) g ORDER BY m) s
--- expected
experiment: LIMIT_EXCEEDED limits.statementTimeout

=== fills the server's log of changes
-- statement-timeout: 1s
--- experiment
SELECT count(pg_logical_emit_message(true, 'x', repeat('x', 50))) FROM generate_series(1, 1000000000)
--- expected
experiment: LIMIT_EXCEEDED limits.statementTimeout

=== fills the lock table of the whole server
-- The lock table is the server's; the failed session ends, and its locks with it.
--- experiment
SELECT count(pg_advisory_lock(g)) FROM generate_series(1, 1000000) g
--- expected
experiment: LIMIT_EXCEEDED

=== fills the lock table of the whole server and holds it, whatever cancels it
-- Nobody would get in any more, not even to end it: it is ended from a session that stood before.
--- experiment
DO $$ BEGIN
  BEGIN PERFORM pg_advisory_lock(g) FROM generate_series(1, 1000000) g; EXCEPTION WHEN OTHERS THEN NULL; END;
  LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP;
END $$
--- expected
experiment: LIMIT_EXCEEDED half of all locks

=== fills the queue of notifications
-- statement-timeout: 1s
--- experiment
DO $$ BEGIN FOR i IN 1..1000000000 LOOP PERFORM pg_notify('c', i || repeat('x', 2000)); END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED

=== floods the worker with messages
-- INFO is sent whatever client_min_messages says.
-- floods: client
-- statement-timeout: 1s
--- experiment
DO $$ BEGIN LOOP RAISE INFO '%', repeat('x', 50000); END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED

=== floods the worker with one value
--- experiment
SELECT repeat('x', 30000000)
--- expected
shows: 30000000 characters
nothing changed

=== floods the worker with rows
--- experiment
SELECT g, repeat('x', 1000) FROM generate_series(1, 30000) g
--- expected
shows: "moreRows":true
nothing changed

=== floods the worker with columns
--- experiment
DO $$ BEGIN EXECUTE 'CREATE TABLE wide (' || (SELECT string_agg('c' || g || ' int', ',') FROM generate_series(1, 1500) g) || ')'; END $$;
SELECT * FROM wide
--- expected
diff: LIMIT_EXCEEDED limits of its own

=== floods the worker with an error
--- experiment
DO $$ BEGIN RAISE '%', repeat('x', 20000000); END $$
--- expected
experiment: SQL_ERROR P0001 x{100}

=== floods the reviewer with changes
--- experiment
DO $$ BEGIN FOR i IN 1..400 LOOP EXECUTE format('CREATE VIEW v%s AS SELECT 1 AS a', i); END LOOP; END $$
--- expected
hazards: UNCLASSIFIED

=== floods the reviewer with rows
--- experiment
INSERT INTO scribbles SELECT g::text FROM generate_series(1, 101000) g
--- expected
hazards: WRITES_OVER_LIMIT

=== expands entities of a document a billion times
--- experiment
SELECT length(xmlparse(document '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]><x>&f;</x>')::text)
--- expected
experiment: SQL_ERROR 2200M|2200N

=== uses up a sequence of the parent's
--- experiment
SELECT setval('tickets', 9223372036854775807)
--- expected
hazards: MOVES_SEQUENCE

=== opens sessions of its own
--- experiment
SELECT dblink_connect('c' || g, 'host=127.0.0.1 port={port} dbname={branch} user={branch}')
FROM generate_series(1, 100) g
--- expected
experiment: SQL_ERROR 2F003|08001

=== makes the diff endless by code that notices the base
-- It catches what would cancel it.
-- statement-timeout: 1s
--- experiment
CREATE FUNCTION stall() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  WHILE current_database() ~ '_base$' LOOP
    BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
  END LOOP;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT stall()
--- expected
diff: LIMIT_EXCEEDED

=== fills the lock table of the whole server with tables
--- experiment
DO $$ BEGIN FOR i IN 1..100000 LOOP EXECUTE format('CREATE TABLE t%s ()', i); END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED

=== catches its cancellation for ever
-- The worker's clock ends the session itself after five of them.
-- statement-timeout: 1s
--- experiment
DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$
--- expected
experiment: LIMIT_EXCEEDED limits.statementTimeout

=== fills the lock table in a check
--- experiment
SELECT 1
--- checks
SELECT count(pg_advisory_lock(g)) > 0 FROM generate_series(1, 1000000) g
--- expected
experiment: LIMIT_EXCEEDED
