-- A table that is dropped and made anew under the same name loses rows that nobody reviewed one by one.
--- before
CREATE TABLE old (id int PRIMARY KEY);
INSERT INTO old VALUES (1);
--- experiment
DROP TABLE old;
CREATE TABLE old (other text);
INSERT INTO old VALUES ('another table of the same name');
--- expected
diff NOT_CARRIED
drops table public.old and makes another one of that name
