-- Three tables pass their names on in a circle; the rows stay with their table.
--- before
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (id int PRIMARY KEY, v text);
CREATE TABLE c (id int PRIMARY KEY, v text);
INSERT INTO a VALUES (1, 'was a');
INSERT INTO b VALUES (1, 'was b');
INSERT INTO c VALUES (1, 'was c');
--- experiment
ALTER TABLE a RENAME TO tmp;
ALTER TABLE c RENAME TO a;
ALTER TABLE b RENAME TO c;
ALTER TABLE tmp RENAME TO b;
UPDATE a SET v = v || '!';
--- expected
merged
