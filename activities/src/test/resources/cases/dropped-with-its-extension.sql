-- An extension would take columns of its types along; it is not the branch's to drop.
--- before
CREATE EXTENSION hstore;
CREATE TABLE t (id int PRIMARY KEY, h hstore);
INSERT INTO t VALUES (1, 'a=>1');
--- experiment
DROP EXTENSION hstore CASCADE;
--- expected
experiment PERMISSION_DENIED
