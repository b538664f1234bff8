-- Partitions get the column one by one.
--- before
CREATE TABLE t (id int, v text) PARTITION BY LIST (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
INSERT INTO t VALUES (1, 'a');
--- experiment
ALTER TABLE t ADD COLUMN here int DEFAULT CASE WHEN current_database() ~ '^offshoot' THEN 1 ELSE 2 END;
ALTER TABLE t ALTER COLUMN here DROP DEFAULT;
--- expected
merge MERGE_REFUSED
gives rows of table t_
