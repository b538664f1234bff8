-- A default that is gone again has filled the rows of before: with the same as at the branch point, or not at all.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t ADD COLUMN here int DEFAULT CASE WHEN current_database() ~ '^offshoot' THEN 1 ELSE 2 END;
ALTER TABLE t ALTER COLUMN here DROP DEFAULT;
--- expected
merge MERGE_REFUSED
gives rows of table t another value in the new column here
