-- A part of the key gets another type, in which its values print in another way.
--- before
CREATE TABLE t (id text, k int, a text, PRIMARY KEY (id, k));
INSERT INTO t VALUES ('x', 1, 'one');
--- experiment
ALTER TABLE t ALTER COLUMN k TYPE numeric(12,2);
INSERT INTO t VALUES ('y', 2, 'new');
--- expected
merged
