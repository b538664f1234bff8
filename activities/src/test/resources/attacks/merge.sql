=== holdable cursor runs its query in the commit of the experiment
-- A look before the commit would not see what it does.
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; RETURN 1; END $$;
DECLARE late CURSOR WITH HOLD FOR SELECT deed();
--- expected
experiment: STATEMENT_REFUSED cursor WITH HOLD would run while the transaction commits

=== trigger that puts itself off again runs in the commit of the experiment
--- experiment
CREATE TABLE bait (n int);
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.n = 1 THEN
    SET CONSTRAINTS ALL DEFERRED;
    INSERT INTO bait VALUES (2);
  ELSE
    ALTER ROLE CURRENT_USER PASSWORD 'mine';
  END IF;
  RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER again AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION again();
INSERT INTO bait VALUES (1);
--- expected
experiment: STATEMENT_REFUSED a trigger of public.bait would run while the transaction commits

=== holdable cursor writes rows in the commit of the merge
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  UPDATE public.accounts SET balance = 0; RETURN 1; END $$;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed)
    AND NOT EXISTS (SELECT FROM pg_cursors WHERE name = 'late') THEN
    EXECUTE 'DECLARE late CURSOR WITH HOLD FOR SELECT public.deed()';
  END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED cursor WITH HOLD would run while it commits
--- then
SELECT sum(balance) FROM accounts => 300

=== trigger of a temporary table that puts itself off again writes in the commit of the merge
-- Temporary tables are in nobody's counters.
--- experiment
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.n < 5 THEN
    SET CONSTRAINTS ALL DEFERRED;
    INSERT INTO pg_temp.bait VALUES (NEW.n + 1);
  ELSE
    UPDATE public.accounts SET balance = 0;
  END IF;
  RETURN NULL; END $$;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) AND to_regclass('pg_temp.bait') IS NULL THEN
    CREATE TEMPORARY TABLE bait (n int);
    CREATE CONSTRAINT TRIGGER again AFTER INSERT ON pg_temp.bait DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION public.again();
    INSERT INTO pg_temp.bait VALUES (1);
  END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED a trigger of pg_temp_\d+.bait would run while it commits
--- then
SELECT sum(balance) FROM accounts => 300

=== trigger of a temporary table waits for the commit of the merge
--- experiment
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN UPDATE public.accounts SET balance = 0; RETURN NULL; END $$;
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) AND to_regclass('pg_temp.bait') IS NULL THEN
    CREATE TEMPORARY TABLE bait (n int);
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON pg_temp.bait DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION public.late();
    INSERT INTO pg_temp.bait VALUES (1);
  END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED it writes table accounts
--- then
SELECT sum(balance) FROM accounts => 300

=== writes a foreign table by the parent's own login in the merge
-- On the parent the user mapping is there; no counter counts rows of other servers.
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN INSERT INTO public.far VALUES ('stolen'); END IF;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED writes foreign table far

=== has a check constraint run SQL that is text
-- Nobody's function is called: the server's own runs what a string says, as the parent's owner.
--- experiment
ALTER TABLE items ADD CHECK (query_to_xml('SELECT pg_notify(''c'', ''stolen'')', true, false, '') IS NOT NULL)
--- expected
hazards: CREATES_CODE

=== has a check constraint end the sessions of the parent's owner
--- experiment
ALTER TABLE items ADD CHECK (pg_terminate_backend(2000000000 + id) IS NOT NULL)
--- expected
hazards: CREATES_CODE

=== has the query of a new table end the sessions of the parent's owner
--- experiment
CREATE TABLE made AS SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND pid <> pg_backend_pid()
--- expected
hazards: CREATES_CODE

=== has a conversion run SQL that is text
--- experiment
ALTER TABLE items ALTER note TYPE varchar USING query_to_xml('SELECT 1', true, false, '')::text
--- expected
hazards: CREATES_CODE

=== has a check of the experiment's end the sessions of the parent's owner
--- experiment
UPDATE items SET note = 'x' WHERE id = 1
--- checks
SELECT count(pg_terminate_backend(pid)) >= 0 FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()
--- expected
hazards: CHECK_CALLS_FUNCTION

=== has a check of the experiment's write the parent
--- experiment
CREATE FUNCTION fine() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN UPDATE public.accounts SET balance = 0; END IF;
  RETURN true; END $$
--- checks
SELECT public.fine()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE, CHECK_CALLS_FUNCTION
merge: conflicts
--- then
SELECT sum(balance) FROM accounts => 300

=== has a check of the experiment's leave a cursor for the commit
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  UPDATE public.accounts SET balance = 0; RETURN 1; END $$;
CREATE FUNCTION fine() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN
    EXECUTE 'DECLARE late CURSOR WITH HOLD FOR SELECT public.deed()'; END IF;
  RETURN true; END $$
--- checks
SELECT public.fine()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE, CHECK_CALLS_FUNCTION
merge: merged
--- then
SELECT sum(balance) FROM accounts => 300

=== makes a role in the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) AND to_regrole('sleeper') IS NULL THEN
    EXECUTE 'CREATE ROLE sleeper LOGIN PASSWORD ''x'''; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED writes pg_auth

=== gives the parent's owner another password in the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN
    EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED writes pg_authid

=== gives the parent a setting for every login in the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN
    EXECUTE format('ALTER DATABASE %I SET search_path = hostile', current_database()); END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED writes pg_db_role_setting

=== notes a receipt for another experiment in the merge
-- With it, that one's merge would be taken for done.
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN
    INSERT INTO offshoot.merge_receipt (experiment_id, digest, report, merged_at, converged)
    VALUES ('theirs', 'x', '{}', now(), '') ON CONFLICT DO NOTHING;
  END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED offshoot.merge_receipt

=== empties a table in the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN TRUNCATE public.accounts; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED empties or rewrites table public.accounts|empties or rewrites table accounts

=== sets a sequence back in the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN PERFORM setval('public.tickets', 1); END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true); SELECT nextval('tickets') FROM generate_series(1, 100)
--- expected
hazards: CREATES_CODE
merge: MERGE_REFUSED sequence
--- then
SELECT nextval('tickets') > 100 => t

=== ends the transaction of the merge
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN EXECUTE 'COMMIT'; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: conflicts

=== makes the transaction of the merge read-only
-- Statements are replayed behind a savepoint, and it ends with that.
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN SET transaction_read_only = on; END IF; RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
UPDATE accounts SET balance = 1 WHERE id = 1
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT balance FROM accounts WHERE id = 1 => 1

=== sets the merge's settings aside
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  PERFORM set_config('search_path', 'hostile', false), set_config('row_security', 'on', false),
    set_config('statement_timeout', '1', false), set_config('lock_timeout', '1', false),
    set_config('DateStyle', 'SQL', false), set_config('extra_float_digits', '-15', false);
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly();
UPDATE accounts SET balance = 1 WHERE id = 1
--- expected
experiment: STATEMENT_REFUSED|SQL_ERROR

=== drops the merge's lock against other merges
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_advisory_unlock_all(); RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- expected
hazards: CREATES_CODE
merge: merged

=== would write another server by dblink in the merge, and must be approved by that name
--- experiment
CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM public.armed) THEN
    PERFORM public.dblink_exec('elsewhere', 'INSERT INTO treasure VALUES (''stolen'')'); END IF;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT sly()
--- expected
hazards: CREATES_CODE, REACHES_OUTSIDE

=== stalls the merge by code that catches its cancellation
-- merge-timeout: 2s
--- experiment
CREATE FUNCTION stall() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  WHILE current_database() = '{parent}' AND EXISTS (SELECT FROM public.armed) LOOP
    BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
  END LOOP;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT stall()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: LIMIT_EXCEEDED nothing was written
--- then
SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'items' => 0

=== stalls the merge by code that ends every other session of the parent's owner
-- merge-timeout: 2s
--- experiment
CREATE FUNCTION stall() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  PERFORM set_config('statement_timeout', '0', true), set_config('client_connection_check_interval', '0', true);
  WHILE current_database() = '{parent}' AND EXISTS (SELECT FROM public.armed) LOOP
    BEGIN
      PERFORM pg_stat_clear_snapshot();
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = current_user AND pid <> pg_backend_pid();
      PERFORM pg_sleep(0.001);
    EXCEPTION WHEN query_canceled THEN NULL; END;
  END LOOP;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT stall()
--- meanwhile
INSERT INTO armed VALUES (true)
--- expected
hazards: CREATES_CODE
merge: LIMIT_EXCEEDED nothing was written
--- then
SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'items' => 0

=== stalls the merge after it has set a sequence back, which no rollback undoes
-- merge-timeout: 2s
--- experiment
CREATE FUNCTION stall() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  WHILE current_database() = '{parent}' AND EXISTS (SELECT FROM public.armed) LOOP
    PERFORM setval('public.tickets', 1);
    BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
  END LOOP;
  RETURN 1; END $$;
ALTER TABLE items ADD COLUMN n int DEFAULT stall()
--- meanwhile
INSERT INTO armed VALUES (true); SELECT setval('tickets', 50)
--- expected
hazards: CREATES_CODE
merge: LIMIT_EXCEEDED nothing was written
--- then
SELECT last_value FROM tickets => 50
