-- With strictness CELL, changes of other columns of the same row both stay.
-- strictness: CELL
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, w text);
INSERT INTO t VALUES (1, 'v', 'w'), (2, 'v', 'w');
--- experiment
UPDATE t SET v = 'ours';
--- parent
UPDATE t SET w = 'theirs' WHERE id = 1;
--- expected
merged
--- then
SELECT string_agg(v || ' ' || w, ', ' ORDER BY id) FROM t => ours theirs, ours w
