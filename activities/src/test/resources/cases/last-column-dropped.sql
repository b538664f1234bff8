-- Rows of a table that is left without columns cannot be told apart.
--- before
CREATE TABLE t (a int);
INSERT INTO t VALUES (1);
--- experiment
INSERT INTO t VALUES (2);
ALTER TABLE t DROP COLUMN a;
--- expected
diff NOT_CARRIED
no column left
