-- Large objects belong to no table and are refused by name.
--- before
CREATE TABLE t (id int PRIMARY KEY, doc oid);
--- experiment
INSERT INTO t VALUES (1, lo_from_bytea(0, 'x'));
--- expected
experiment NOT_CARRIED
large objects
