-- Three of five equal rows are deleted here, but the parent has only two of them left.
--- before
CREATE TABLE visits (page text, who text);
INSERT INTO visits SELECT 'p', NULL FROM generate_series(1, 5);
--- experiment
DELETE FROM visits WHERE ctid IN (SELECT ctid FROM visits LIMIT 3);
--- parent
DELETE FROM visits WHERE ctid IN (SELECT ctid FROM visits LIMIT 3);
--- expected
DELETE_UPDATED visits [p, null]
