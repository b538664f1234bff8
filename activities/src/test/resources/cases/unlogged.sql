-- A table becomes unlogged, which replaces its storage but not its rows.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t SET UNLOGGED;
UPDATE t SET v = 'ours' WHERE id = 1;
--- parent
UPDATE t SET v = 'theirs' WHERE id = 2;
--- expected
merged
