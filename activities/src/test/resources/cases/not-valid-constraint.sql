-- Rows written before a constraint that is NOT VALID need not meet it, whoever wrote them; it comes after the rows.
--- before
CREATE TABLE t (id int PRIMARY KEY, n int, ok boolean);
INSERT INTO t VALUES (1, 1, NULL), (2, 2, true);
CREATE TABLE other (id int PRIMARY KEY);
--- experiment
UPDATE t SET n = 5 WHERE id = 1;
INSERT INTO t VALUES (3, 3, NULL);
ALTER TABLE t ADD CONSTRAINT must CHECK (ok IS NOT NULL) NOT VALID;
ALTER TABLE t ADD CONSTRAINT refers FOREIGN KEY (n) REFERENCES other NOT VALID;
--- parent
INSERT INTO t VALUES (4, 4, NULL);
--- expected
merged
--- then
SELECT string_agg(conname || convalidated, ' ' ORDER BY conname) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('c', 'f') => mustfalse refersfalse
SELECT sum(n) FROM t => 14
