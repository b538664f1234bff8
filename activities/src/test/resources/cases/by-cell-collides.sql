-- With strictness CELL, only the same column of the same row collides.
-- strictness: CELL
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, w text);
INSERT INTO t VALUES (1, 'v', 'w'), (2, 'v', 'w');
--- experiment
UPDATE t SET v = 'ours';
--- parent
UPDATE t SET v = 'theirs', w = 'theirs' WHERE id = 1;
--- expected
UPDATE_UPDATE t [1]
