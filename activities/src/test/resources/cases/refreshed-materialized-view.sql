-- What REFRESH MATERIALIZED VIEW fills is nobody's to review, so it is refused by name.
--- before
CREATE TABLE t (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;
--- experiment
INSERT INTO t VALUES (1);
REFRESH MATERIALIZED VIEW m;
--- expected
experiment NOT_CARRIED
refresh it on the parent after the merge
