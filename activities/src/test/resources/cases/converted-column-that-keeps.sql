-- Another type that keeps what the parent wrote is no obstacle, and neither is one that does not where it wrote nothing.
--- before
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE a (id int PRIMARY KEY, n int, d date, j jsonb, m mood, t text, lost numeric);
INSERT INTO a VALUES (1, 1, '2026-01-01', '{"a": 1}', 'sad', '5', 1.5);
--- experiment
ALTER TABLE a ALTER COLUMN n TYPE numeric(12,2), ALTER COLUMN d TYPE timestamp;
ALTER TABLE a ALTER COLUMN j TYPE json, ALTER COLUMN m TYPE text, ALTER COLUMN t TYPE int USING t::int;
ALTER TABLE a ALTER COLUMN lost TYPE int;
--- parent
UPDATE a SET n = 2, d = '2026-02-03', j = '{"b": 2}', m = 'ok', t = '6';
INSERT INTO a (id, n) VALUES (2, 7);
--- expected
merged
--- then
SELECT string_agg(concat_ws('|', id, n, d, j, m, t, lost), ' ' ORDER BY id) FROM a => 1|2.00|2026-02-03 00:00:00|{"b": 2}|ok|6|2 2|7.00
