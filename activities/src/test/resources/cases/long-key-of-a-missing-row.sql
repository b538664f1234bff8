-- A long key is shortened once, and says how long it was.
--- before
CREATE TABLE t (k text PRIMARY KEY, n int);
INSERT INTO t VALUES (repeat('wide ', 700), 1);
--- experiment
UPDATE t SET n = 2;
--- parent
DELETE FROM t;
--- expected
UPDATE_MISSING t [wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide wide …(3500 characters)]
