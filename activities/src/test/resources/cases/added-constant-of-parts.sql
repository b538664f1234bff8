-- A default that calls nothing is the same everywhere, though it is no literal; rows that the parent deleted are not missed.
--- before
CREATE TYPE address AS (street text, number int);
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t ADD COLUMN home address DEFAULT ROW('street', 1)::address, ADD COLUMN n numeric(8, 2) DEFAULT (1 + 2)::numeric(8, 2);
ALTER TABLE t ADD COLUMN many varchar(9)[] DEFAULT ARRAY['x'::varchar(9), 'now()'];
--- parent
DELETE FROM t WHERE id = 1;
--- expected
merged
--- then
SELECT home || ' ' || n || ' ' || many::text FROM t => (street,1) 3.00 {x,now()}
