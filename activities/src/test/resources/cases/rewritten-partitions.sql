-- Partitions count as one table; one that the parent left alone has nothing to lose.
--- before
CREATE TABLE t (id int, part int, n text) PARTITION BY LIST (part);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);
INSERT INTO t VALUES (1, 1, '10'), (2, 2, '20');
CREATE TABLE alone (id int, n text);
INSERT INTO alone VALUES (1, '01');
--- experiment
ALTER TABLE t ALTER COLUMN n TYPE int USING n::int;
ALTER TABLE t ALTER COLUMN n TYPE text;
ALTER TABLE alone ALTER COLUMN n TYPE int USING n::int;
ALTER TABLE alone ALTER COLUMN n TYPE text;
--- parent
INSERT INTO t VALUES (3, 2, '030');
--- expected
DROPPED_WRITTEN t
