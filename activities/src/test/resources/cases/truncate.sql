-- TRUNCATE is the deletion of the rows that stood at the branch point; rows that the parent gained stay.
--- before
CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text);
INSERT INTO items (v) VALUES ('a'), ('b');
--- experiment
TRUNCATE items RESTART IDENTITY;
INSERT INTO items OVERRIDING SYSTEM VALUE VALUES (2, 'again');
--- parent
INSERT INTO items (v) VALUES ('theirs');
--- expected
merged
--- then
SELECT string_agg(id || v, ' ' ORDER BY id) FROM items => 2again 3theirs
