-- An exclusion constraint holds on the parent too.
--- before
CREATE TABLE t (id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));
INSERT INTO t VALUES (1, '[1,5)');
--- experiment
INSERT INTO t VALUES (2, '[5,9)');
--- parent
INSERT INTO t VALUES (3, '[7,8)');
--- expected
CONSTRAINT t
