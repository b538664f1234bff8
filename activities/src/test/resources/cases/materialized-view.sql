-- A new materialized view is filled once the rows are those of the experiment.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a');
--- experiment
INSERT INTO t VALUES (2, 'b');
CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;
CREATE UNIQUE INDEX ON m (n);
REFRESH MATERIALIZED VIEW m;
--- expected
merged
--- then
SELECT n FROM m => 2
