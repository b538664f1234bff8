-- A table that moves takes its rows along, and changes made on the parent under the old name.
--- before
CREATE SCHEMA attic;
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t SET SCHEMA attic;
ALTER TABLE attic.t RENAME TO "T";
UPDATE attic."T" SET v = 'ours' WHERE id = 1;
--- parent
UPDATE t SET v = 'theirs' WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(v, ' ' ORDER BY id) FROM attic."T" => ours theirs
