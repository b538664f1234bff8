-- A unique value that another row of the parent has taken meanwhile.
--- before
CREATE TABLE t (id int PRIMARY KEY, mail text UNIQUE);
INSERT INTO t VALUES (1, 'a');
--- experiment
UPDATE t SET mail = 'b' WHERE id = 1;
--- parent
INSERT INTO t VALUES (2, 'b');
--- expected
CONSTRAINT t [1]
