-- Views are replayed; rows written through a view are rows of its table.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, w text);
INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'y');
CREATE VIEW shown AS SELECT id, v FROM t;
--- experiment
UPDATE shown SET v = 'through the view' WHERE id = 1;
CREATE OR REPLACE VIEW shown AS SELECT id, v, w FROM t WHERE id > 0;
CREATE VIEW of_view WITH (security_barrier) AS SELECT count(*) AS n FROM shown;
--- expected
merged
