-- The parent has gained a column since; new rows get its default there, changed rows keep it.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
UPDATE t SET v = 'ours' WHERE id = 1;
INSERT INTO t VALUES (3, 'c');
--- parent
ALTER TABLE t ADD COLUMN tier int DEFAULT 7;
UPDATE t SET tier = 9 WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(v || tier, ' ' ORDER BY id) FROM t => ours7 b9 c7
