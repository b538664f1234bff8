-- A trusted extension, with a column of its type.
--- before
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
--- experiment
CREATE EXTENSION hstore;
ALTER TABLE t ADD COLUMN h hstore;
UPDATE t SET h = 'a=>1';
--- expected
merged
