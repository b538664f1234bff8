-- A domain's default is written row by row; whoever inserted before the merge has it too, and wrote nothing.
--- before
CREATE DOMAIN score AS int CHECK (VALUE < 1000);
CREATE TABLE t (a int);
CREATE TABLE filled (a int);
INSERT INTO filled VALUES (1);
--- experiment
ALTER TABLE t ADD COLUMN b score DEFAULT 8;
ALTER TABLE filled ADD COLUMN b score DEFAULT 9;
--- parent
INSERT INTO t VALUES (1);
INSERT INTO filled VALUES (2);
--- expected
merged
--- then
SELECT (SELECT sum(b) FROM t) || ' ' || (SELECT sum(b) FROM filled) => 8 18
