-- Rows that are stored out of line, changed in a small column and in the large one.
--- before
CREATE TABLE docs (id int PRIMARY KEY, v int, body text, raw bytea);
ALTER TABLE docs ALTER COLUMN body SET STORAGE EXTERNAL;
INSERT INTO docs SELECT g, g, repeat('text ' || g, 60000), decode(repeat('00ff5c', 20000), 'hex') FROM generate_series(1, 3) g;
--- experiment
UPDATE docs SET v = 10 WHERE id = 1;
UPDATE docs SET body = body || 'end' WHERE id = 2;
INSERT INTO docs SELECT 4, 4, repeat('é\"''' || chr(9) || chr(10), 50000), NULL;
--- parent
UPDATE docs SET raw = 'x' WHERE id = 3;
--- expected
merged
