-- The default that an array column gave to the rows that were there is nobody's write either.
--- before
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
--- experiment
ALTER TABLE t ADD COLUMN tags text[] DEFAULT '{a,b}';
ALTER TABLE t ADD COLUMN nothing int[] DEFAULT '{NULL}';
ALTER TABLE t ADD COLUMN boxes box[] DEFAULT '{(1,1),(0,0)}';
ALTER TABLE t ADD COLUMN place box DEFAULT '(1,1),(0,0)';
ALTER TABLE t ADD COLUMN odd text DEFAULT '{"a", \b} ';
--- expected
merged
