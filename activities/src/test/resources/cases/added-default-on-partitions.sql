-- What ADD COLUMN ... DEFAULT gave to the rows of a partition was written by nobody: the parent's new column is no obstacle.
--- before
CREATE TABLE part (id int, k int, a text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
INSERT INTO part VALUES (1, 1, 'one'), (2, 1, 'two'), (3, 1, 'three');
--- experiment
DELETE FROM part WHERE id = 1;
--- parent
ALTER TABLE part ADD COLUMN flags bit(3) NOT NULL DEFAULT B'101';
UPDATE part SET flags = B'000' WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(id || flags::text, ' ' ORDER BY id) FROM part => 2000 3101
