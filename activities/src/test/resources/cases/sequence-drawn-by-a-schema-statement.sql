-- A column that is filled from a sequence draws on the parent's, which goes forward only.
--- before
CREATE SEQUENCE numbers;
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
--- experiment
ALTER TABLE t ADD COLUMN n int DEFAULT nextval('numbers');
CREATE SEQUENCE own;
CREATE TABLE made AS SELECT setval('own', 7) AS n;
--- expected
merged
--- then
SELECT nextval('own') => 8
