-- What a default computes may be another thing on the parent; rows of before get what the branch has.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t ADD COLUMN here int DEFAULT CASE WHEN current_database() ~ '^offshoot' THEN 1 ELSE 2 END;
CREATE FUNCTION where_am_i() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN CASE WHEN current_database() ~ ''^offshoot'' THEN 1 ELSE 2 END; END';
ALTER TABLE t ADD COLUMN there int DEFAULT where_am_i();
ALTER TABLE t ADD COLUMN day date DEFAULT current_date, ADD COLUMN later timestamptz;
ALTER TABLE t ALTER COLUMN later SET DEFAULT now();
--- expected
merged
--- then
SELECT string_agg(concat_ws(' ', id, v, here, there, later), ', ' ORDER BY id) FROM t => 1 a 1 1, 2 b 1 1
