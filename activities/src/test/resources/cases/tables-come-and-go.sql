-- New tables come with their rows, dropped ones go.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE keep (id int PRIMARY KEY);
INSERT INTO old VALUES (1);
--- experiment
DROP TABLE old;
CREATE TABLE fresh (id bigserial PRIMARY KEY, keep int REFERENCES keep, v text DEFAULT 'x');
INSERT INTO keep VALUES (1);
INSERT INTO fresh (keep) VALUES (1), (NULL);
--- expected
merged
