-- TRUNCATE ... CASCADE empties the referring table as well.
--- before
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p);
INSERT INTO p VALUES (1), (2);
INSERT INTO c VALUES (1, 1), (2, 2);
--- experiment
TRUNCATE p CASCADE;
--- expected
merged
