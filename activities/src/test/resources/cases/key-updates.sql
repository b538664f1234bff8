-- A changed key is a row that goes and a row that comes, also when rows change places.
--- before
CREATE TABLE ranks (pos int PRIMARY KEY, who text UNIQUE);
INSERT INTO ranks VALUES (1, 'a'), (2, 'b'), (3, 'c');
--- experiment
UPDATE ranks SET pos = -pos;
UPDATE ranks SET pos = 4 + pos;
--- parent
INSERT INTO ranks VALUES (9, 'z');
--- expected
merged
--- then
SELECT string_agg(pos || who, ' ' ORDER BY pos) FROM ranks => 1c 2b 3a 9z
