-- The column waits until the rows are gone; the rewriting comes before them.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a');
--- experiment
DELETE FROM t;
ALTER TABLE t ADD COLUMN n smallint NOT NULL;
ALTER TABLE t SET UNLOGGED;
--- expected
diff NOT_CARRIED
its new rows need statement 2
