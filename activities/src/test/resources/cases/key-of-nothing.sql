-- A key may be a composite value of which every field is null.
--- before
CREATE TYPE address AS (street text, number int);
CREATE TABLE t (a address NOT NULL, n int);
CREATE UNIQUE INDEX ON t (a);
INSERT INTO t VALUES (ROW(NULL, NULL)::address, 2), (ROW('x', 1)::address, 2);
--- experiment
UPDATE t SET n = n + 1;
--- expected
merged
