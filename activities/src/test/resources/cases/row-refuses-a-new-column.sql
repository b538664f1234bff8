-- A NOT NULL column without a default cannot be added where the parent has rows by now: that is the conflict, and nothing is written.
--- before
CREATE TABLE t (id int PRIMARY KEY, a text);
--- experiment
ALTER TABLE t ADD COLUMN place point NOT NULL;
INSERT INTO t VALUES (1, 'x', '(1,2)');
--- parent
INSERT INTO t VALUES (1, 'theirs');
--- expected
CONSTRAINT t
