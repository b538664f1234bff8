-- The parent has dropped a column that the experiment wrote.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, w text);
INSERT INTO t VALUES (1, 'a', 'b');
--- experiment
UPDATE t SET w = 'ours';
--- parent
ALTER TABLE t DROP COLUMN w;
--- expected
SCHEMA_CHANGED t
