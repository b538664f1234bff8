-- A sequence set forward follows; rows come with the numbers that they had.
--- before
CREATE TABLE t (id serial PRIMARY KEY, v text);
INSERT INTO t (v) VALUES ('a');
--- experiment
SELECT setval('t_id_seq', 500);
INSERT INTO t (v) VALUES ('b');
--- expected
merged
--- then
SELECT max(id) || ' ' || nextval('t_id_seq') FROM t => 501 502
