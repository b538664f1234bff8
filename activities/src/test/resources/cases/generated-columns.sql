-- Stored and virtual generated columns are computed by the parent, never written.
--- before
CREATE TABLE boxes (id int PRIMARY KEY, w int, h int, area int GENERATED ALWAYS AS (w * h) STORED, rim int GENERATED ALWAYS AS (2 * (w + h)) VIRTUAL);
INSERT INTO boxes VALUES (1, 2, 3), (2, 4, 5);
--- experiment
UPDATE boxes SET w = 10 WHERE id = 1;
ALTER TABLE boxes ADD COLUMN tall boolean GENERATED ALWAYS AS (h > w) STORED;
INSERT INTO boxes VALUES (3, 1, 1);
--- parent
UPDATE boxes SET h = 50 WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(format('%s %s %s %s', id, area, rim, tall), ', ' ORDER BY id) FROM boxes => 1 30 26 f, 2 200 108 t, 3 1 4 f
