=== commits by itself
--- experiment
UPDATE accounts SET balance = 0;
COMMIT
--- expected
experiment: BAD_SPEC

=== commits in a block
--- experiment
DO $$ BEGIN UPDATE accounts SET balance = 0; COMMIT; END $$
--- expected
experiment: STATEMENT_REFUSED 2D000

=== commits in a procedure
--- experiment
CREATE PROCEDURE done() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
CALL done()
--- expected
experiment: STATEMENT_REFUSED 2D000

=== leaves a prepared transaction, which nobody could drop
--- experiment
PREPARE TRANSACTION 'left'
--- expected
experiment: BAD_SPEC

=== leaves a prepared transaction by a block
--- experiment
DO $$ BEGIN EXECUTE 'PREPARE TRANSACTION ''left'''; END $$
--- expected
experiment: STATEMENT_REFUSED|SQL_ERROR

=== ends the savepoint of the worker
--- experiment
ROLLBACK TO SAVEPOINT offshoot_look
--- expected
experiment: BAD_SPEC

=== ends its own session
--- experiment
SELECT pg_terminate_backend(pg_backend_pid())
--- expected
experiment: STATEMENT_REFUSED 57P01

=== cancels itself
--- experiment
SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)
--- expected
experiment: SQL_ERROR 57014

=== has the server end its session when it idles
-- For a thousandth of a second: so many statements, that it does between two of them.
--- experiment
SET idle_in_transaction_session_timeout = 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1; SELECT 1;
SELECT 1
--- expected
experiment: STATEMENT_REFUSED

=== keeps advisory locks
--- experiment
SELECT pg_advisory_lock(g), pg_advisory_lock_shared(g + 100) FROM generate_series(1, 20) g
--- expected
nothing changed

=== keeps the worker's own advisory locks
-- They are kept in another database, where the branch's role is not.
--- experiment
SELECT pg_advisory_lock(hashtextextended('offshoot branch {branch}', 0)),
  pg_advisory_lock(hashtext('offshoot branch {branch}')), pg_advisory_lock(x'0FF54007'::bigint)
--- expected
nothing changed

=== listens and notifies
--- experiment
LISTEN everybody;
NOTIFY everybody, 'hello';
SELECT count(pg_notify('everybody', g::text)) FROM generate_series(1, 100) g
--- expected
nothing changed

=== says that it is a session of the worker's
--- experiment
SET application_name = 'offshoot merge'
--- expected
nothing changed

=== has its rights come from another setting of its session
--- experiment
SET SESSION AUTHORIZATION DEFAULT;
RESET ROLE;
SET ROLE NONE;
SELECT current_user = '{branch}'
--- expected
shows: "rows":\[\["t"\]\]
nothing changed

=== drops what the session holds for the worker
--- experiment
DISCARD ALL
--- expected
experiment: STATEMENT_REFUSED|BAD_SPEC

=== closes the cursors of the worker while it reads
--- experiment
CREATE FUNCTION shut(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN CLOSE ALL; RETURN $1; END $$;
SELECT shut(g) FROM generate_series(1, 50) g
--- expected
experiment: SQL_ERROR|STATEMENT_REFUSED

=== takes the names of the worker's cursors
--- experiment
DO $$ BEGIN FOR i IN 1..200 LOOP
  EXECUTE format('DECLARE "C_%s" CURSOR FOR SELECT 1', i); END LOOP; END $$;
SELECT 1
--- expected
experiment: SQL_ERROR

=== takes the names of prepared statements
--- experiment
DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('PREPARE "S_%s" AS SELECT 1', i); END LOOP; END $$;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged

=== has the server speak another encoding
--- experiment
SET client_encoding = 'LATIN1'
--- expected
experiment: STATEMENT_REFUSED client_encoding

=== has values print otherwise
--- experiment
SET extra_float_digits = -15;
SET bytea_output = 'escape';
SET IntervalStyle = 'sql_standard';
SET TimeZone = 'Pacific/Apia';
SET lc_monetary = 'C';
CREATE TABLE shown (id int PRIMARY KEY, f float8, b bytea, i interval, at timestamptz);
INSERT INTO shown VALUES (1, 0.1 + 0.2, '\xff00', '1 year -2 days 3:04', '2026-01-01 00:00Z')
--- expected
merge: merged

=== makes its transaction read-only
--- experiment
SET TRANSACTION READ ONLY
--- expected
nothing changed
--- expected by messages
experiment: STATEMENT_REFUSED 25006

=== filters what it shows by row security
--- experiment
SET row_security = off;
SET default_transaction_read_only = on;
SET default_transaction_isolation = 'serializable';
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged

=== locks a table of the catalog in its database
--- experiment
LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE
--- expected
experiment: PERMISSION_DENIED 42501

=== moves rows through the client
--- experiment
COPY accounts TO STDOUT
--- expected
experiment: STATEMENT_REFUSED

=== refreshes what a view holds
--- experiment
CREATE MATERIALIZED VIEW sums AS SELECT sum(balance) FROM accounts;
UPDATE accounts SET balance = 7 WHERE id = 1;
REFRESH MATERIALIZED VIEW sums
--- expected
merge: merged
