=== casts rows of its table to text by code
-- A superuser that reads t::text would run it.
--- experiment
CREATE TABLE bait (id int PRIMARY KEY, note text);
CREATE FUNCTION shown(bait) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE CAST (bait AS text) WITH FUNCTION shown(bait) AS IMPLICIT;
INSERT INTO bait VALUES (1, 'a'), (2, 'b')
--- expected
hazards: CREATES_CODE

=== casts rows of a standing table to text by code
--- experiment
CREATE FUNCTION shown(accounts) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE CAST (accounts AS text) WITH FUNCTION shown(accounts) AS IMPLICIT;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
hazards: CREATES_CODE

=== casts rows of its table to json by code
-- to_jsonb and to_json look for such casts.
--- experiment
CREATE TABLE bait (id int PRIMARY KEY, note text);
CREATE FUNCTION shown(bait) RETURNS json LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN '{}'; END $$;
CREATE CAST (bait AS json) WITH FUNCTION shown(bait);
INSERT INTO bait VALUES (1, 'a')
--- expected
hazards: CREATES_CODE

=== casts an enum to text and json by code
-- With the implicit cast, what compares its values is not unique any more.
--- experiment
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE FUNCTION shown(mood) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE FUNCTION json_of(mood) RETURNS json LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN '1'; END $$;
CREATE CAST (mood AS text) WITH FUNCTION shown(mood) AS IMPLICIT;
CREATE CAST (mood AS json) WITH FUNCTION json_of(mood);
CREATE TABLE bait (id mood PRIMARY KEY, other mood);
INSERT INTO bait VALUES ('sad', 'glad')
--- expected
hazards: CREATES_CODE
merge: NOT_CARRIED choose between operators

=== casts an enum to text by code, where asked to
--- experiment
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE FUNCTION shown(mood) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE CAST (mood AS text) WITH FUNCTION shown(mood) AS ASSIGNMENT;
CREATE TABLE bait (id mood PRIMARY KEY, other mood);
INSERT INTO bait VALUES ('sad', 'glad')
--- expected
hazards: CREATES_CODE
merge: merged

=== casts a composite inside a row by code
--- experiment
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION shown(pair) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE CAST (pair AS text) WITH FUNCTION shown(pair) AS IMPLICIT;
CREATE TABLE bait (id int PRIMARY KEY, p pair);
INSERT INTO bait VALUES (1, ROW(1, 2))
--- expected
hazards: CREATES_CODE
merge: merged

=== makes a range whose canonical form is code
--- experiment
CREATE FUNCTION diff(text, text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN {grab} RETURN 1; END $$;
CREATE TYPE span AS RANGE (SUBTYPE = text, SUBTYPE_DIFF = diff);
CREATE FUNCTION shown(span) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE CAST (span AS text) WITH FUNCTION shown(span) AS IMPLICIT;
CREATE TABLE bait (id int PRIMARY KEY, s span);
INSERT INTO bait VALUES (1, span('a', 'b'))
--- expected
hazards: CREATES_CODE
merge: merged

=== makes a domain whose check is code
-- It runs as the parent's owner where the reviewed rows are written, and gets nowhere.
--- experiment
CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN true; END $$;
CREATE DOMAIN word AS text CHECK (fine(VALUE));
CREATE TABLE bait (id word PRIMARY KEY);
INSERT INTO bait VALUES ('a')
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== shadows the equality that the worker asks for
--- experiment
CREATE FUNCTION same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN true; END $$;
CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN true; END $$;
CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = same);
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = same);
CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.same);
UPDATE items SET note = 'z' WHERE id = 1
--- expected
experiment: SQL_ERROR 42883

=== shadows the equality of its own types
--- experiment
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION same(pair, pair) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN true; END $$;
CREATE OPERATOR public.= (LEFTARG = pair, RIGHTARG = pair, FUNCTION = same);
CREATE TABLE bait (id int PRIMARY KEY, p pair);
INSERT INTO bait VALUES (1, ROW(1, 2));
UPDATE bait SET p = ROW(3, 4)
--- expected
hazards: CREATES_CODE
merge: merged

=== shadows functions that the worker calls
--- experiment
CREATE FUNCTION public.format(text, name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 'x'; END $$;
CREATE FUNCTION public.current_schemas(bool) RETURNS name[] LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN '{}'; END $$;
CREATE FUNCTION public.pg_backend_pid() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 0; END $$;
CREATE FUNCTION public.pg_get_viewdef(oid) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN ''; END $$;
CREATE FUNCTION public.pg_stat_get_xact_tuples_updated(oid) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 0; END $$;
SET search_path = public, pg_catalog;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== hides the catalog behind temporary tables
--- experiment
CREATE TEMPORARY TABLE pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false;
CREATE TEMPORARY TABLE pg_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE false;
SET search_path = pg_temp, pg_catalog, public;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== hides cursors, locks and settings behind views of its own
--- experiment
CREATE SCHEMA hostile;
CREATE VIEW hostile.pg_cursors AS SELECT 'C_1' AS name, 'x' AS statement, false AS is_holdable;
CREATE VIEW hostile.pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE false;
CREATE VIEW hostile.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE false;
SET search_path = hostile, pg_catalog, public;
CREATE FUNCTION hostile.deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; RETURN 1; END $$;
DECLARE late CURSOR WITH HOLD FOR SELECT hostile.deed()
--- expected
experiment: STATEMENT_REFUSED cursor WITH HOLD

=== makes types named like the server's
--- experiment
CREATE DOMAIN public.text AS pg_catalog.text CHECK (VALUE IS NULL);
CREATE DOMAIN public.int4 AS pg_catalog.int4 CHECK (VALUE IS NULL);
CREATE DOMAIN public.regclass AS pg_catalog.regclass CHECK (VALUE IS NULL);
SET search_path = public, pg_catalog;
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== makes an aggregate that counts as it likes
--- experiment
CREATE FUNCTION add(bigint, anyelement) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 0; END $$;
CREATE AGGREGATE public.count(anyelement) (SFUNC = add, STYPE = bigint, INITCOND = 0);
SET search_path = public, pg_catalog;
DELETE FROM items WHERE id = 1
--- expected
hazards: CREATES_CODE, DELETES_ROWS
merge: merged
--- then
SELECT count(*) FROM items => 1

=== exchanges a table for a view that runs code when it is read
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
DROP TABLE scribbles;
CREATE VIEW scribbles AS SELECT deed()::text AS line
--- expected
hazards: CREATES_CODE, DROPS_TABLE
merge: merged

=== has a rule run code where rows are written
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
CREATE RULE also AS ON UPDATE TO accounts DO ALSO SELECT deed();
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
hazards: CREATES_CODE
merge: merged

=== has a rule turn the merge's writes to another table
--- experiment
UPDATE items SET note = 'reviewed' WHERE id = 1;
CREATE RULE turn AS ON UPDATE TO items DO INSTEAD UPDATE accounts SET balance = 0
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT sum(balance) FROM accounts => 300
SELECT note FROM items WHERE id = 1 => reviewed

=== has triggers run code where the merge writes
--- experiment
CREATE FUNCTION deed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {grab} UPDATE public.accounts SET balance = 0; RETURN NEW; END $$;
UPDATE items SET note = 'reviewed' WHERE id = 1;
CREATE TRIGGER deed BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION deed();
CREATE TRIGGER deeds AFTER UPDATE ON items FOR EACH STATEMENT EXECUTE FUNCTION deed();
ALTER TABLE items ENABLE ALWAYS TRIGGER deed
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT sum(balance) FROM accounts => 300

=== hides rows from the reader by row security
--- experiment
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY none ON accounts USING (false)
--- expected
hazards: CHANGES_PRIVILEGES
merge: merged

=== hides rows also from their owner, by a policy that runs code
--- experiment
CREATE FUNCTION deed() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN false; END $$;
UPDATE accounts SET balance = 1 WHERE id = 1;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON accounts USING (deed())
--- expected
diff: NOT_CARRIED

=== takes the reader's rights on a table away
--- experiment
UPDATE accounts SET balance = 1 WHERE id = 1;
REVOKE ALL ON accounts FROM CURRENT_USER
--- expected
diff: NOT_CARRIED

=== has a default run code in the merge
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT deed()
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has an index run code in the merge
--- experiment
CREATE FUNCTION sly(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN n; END $$;
CREATE FUNCTION calm(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.sly(n); END $$;
CREATE INDEX ON accounts (calm(balance))
--- expected
hazards: CREATES_CODE

=== has an exclusion constraint run code in the merge
--- experiment
CREATE FUNCTION sly(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN EXECUTE 'SET ROLE {owner}'; END IF; RETURN n; END $$;
ALTER TABLE accounts ADD EXCLUDE USING btree (sly(id) WITH =)
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: conflicts

=== has a generated column run code in the merge
--- experiment
CREATE FUNCTION deed(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN $1; END $$;
CREATE FUNCTION calm(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.deed($1); RETURN $1; END $$;
ALTER TABLE items ADD COLUMN n int GENERATED ALWAYS AS (calm(id)) STORED
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has a check constraint run code in the merge
--- experiment
CREATE FUNCTION fine(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN true; END $$;
ALTER TABLE items ADD CHECK (fine(id))
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has a materialized view run code in the merge
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
CREATE MATERIALIZED VIEW made AS SELECT deed() AS n
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has a table made from a query run code in the merge
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
CREATE TABLE made AS SELECT deed() AS n
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has the statistics of an expression run code
--- experiment
CREATE FUNCTION deed(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN $1; END $$;
CREATE FUNCTION calm(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.deed($1); RETURN $1; END $$;
CREATE STATISTICS told ON calm(balance), id FROM accounts;
ANALYZE accounts
--- expected
hazards: CREATES_CODE
merge: merged

=== has the key of a partitioned table run code
--- experiment
CREATE FUNCTION deed(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN $1; END $$;
CREATE FUNCTION calm(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.deed($1); RETURN $1; END $$;
CREATE TABLE parts (id int) PARTITION BY RANGE (calm(id));
CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
INSERT INTO parts VALUES (1)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED pg_authid

=== has the code of the rehearsal take the reader's role back
-- SET ROLE is no wall for code; the reader behind it has no more rights on the base.
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE 'RESET ROLE'; {grab}
  BEGIN EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN EXECUTE 'GRANT CONNECT ON DATABASE "{base}" TO PUBLIC'; EXCEPTION WHEN OTHERS THEN NULL; END;
  RETURN 1; END $$;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() ~ '_base$' THEN PERFORM public.deed(); END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- expected
hazards: CREATES_CODE
merge: merged

=== has the code of the rehearsal write the rows of the base
-- So that they equal the branch's, and a change is not seen.
--- experiment
UPDATE accounts SET balance = 0;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() ~ '_base$' THEN UPDATE public.accounts SET balance = 0; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- expected
diff: NOT_CARRIED writes rows of accounts

=== has the code of the rehearsal make its transaction read-only
--- experiment
UPDATE accounts SET balance = 0 WHERE id = 1;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() ~ '_base$' THEN SET transaction_read_only = on; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
CREATE TABLE more (id int PRIMARY KEY);
INSERT INTO more VALUES (1)
--- expected
hazards: CREATES_CODE
merge: merged
