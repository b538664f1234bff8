-- Rows that nothing names cannot be given what the branch has.
--- before
CREATE TABLE t (v text);
INSERT INTO t VALUES ('a'), ('b');
--- experiment
ALTER TABLE t ADD COLUMN day date DEFAULT current_date;
--- expected
diff NOT_CARRIED
give the table a key first
