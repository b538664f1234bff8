-- An upsert is what it came to: an insert here, an update there, nothing where nothing changed.
--- before
CREATE TABLE hits (page text PRIMARY KEY, n int NOT NULL DEFAULT 1);
INSERT INTO hits VALUES ('home', 7), ('about', 1);
--- experiment
INSERT INTO hits VALUES ('home', 1), ('new', 1) ON CONFLICT (page) DO UPDATE SET n = hits.n + 1;
INSERT INTO hits VALUES ('about', 99) ON CONFLICT DO NOTHING;
--- parent
UPDATE hits SET n = 2 WHERE page = 'about';
INSERT INTO hits VALUES ('new', 5);
--- expected
INSERT_EXISTS hits [new]
