-- A column with a default that was added to a partitioned table goes again with the revert: its values were written by nobody.
--- before
CREATE TABLE part (id int, k int, a text) PARTITION BY HASH (k);
CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO part VALUES (1, 1, 'one');
--- experiment
ALTER TABLE part ADD COLUMN flags bit(3) DEFAULT B'101' NOT NULL;
--- expected
merged
