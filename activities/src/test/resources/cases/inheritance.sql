-- Tables that inherit: each row is of the table that holds it.
--- before
CREATE TABLE place (id int PRIMARY KEY, name text);
CREATE TABLE city (mayor text) INHERITS (place);
INSERT INTO place VALUES (1, 'here');
INSERT INTO city VALUES (2, 'there', 'm');
--- experiment
UPDATE place SET name = upper(name);
ALTER TABLE place ADD COLUMN height int DEFAULT 5;
DELETE FROM city;
--- expected
merged
