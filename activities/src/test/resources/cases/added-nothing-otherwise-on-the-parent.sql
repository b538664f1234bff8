-- Nor may it fill on the parent what it left empty at the branch point, whether or not rows are rewritten for it.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
CREATE FUNCTION where_am_i() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN CASE WHEN current_database() ~ ''^offshoot'' THEN NULL ELSE 2 END; END';
ALTER TABLE t ADD COLUMN here int DEFAULT where_am_i();
--- parent
INSERT INTO t VALUES (3, 'c');
--- expected
merge MERGE_REFUSED
gives rows of table t another value in the new column here
