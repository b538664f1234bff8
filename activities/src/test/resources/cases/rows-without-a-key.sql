-- Equal rows are counted: three of five go here, one goes there.
--- before
CREATE TABLE visits (page text, who text);
INSERT INTO visits SELECT 'p', NULL FROM generate_series(1, 5);
--- experiment
DELETE FROM visits WHERE ctid IN (SELECT ctid FROM visits LIMIT 3);
INSERT INTO visits VALUES ('q', 'x'), ('q', 'x');
--- parent
DELETE FROM visits WHERE ctid = (SELECT max(ctid) FROM visits);
INSERT INTO visits VALUES ('q', 'x');
--- expected
merged
--- then
SELECT string_agg(page || n, ' ' ORDER BY page) FROM (SELECT page, count(*) AS n FROM visits GROUP BY 1) AS c => p1 q3
