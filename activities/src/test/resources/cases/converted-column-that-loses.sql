-- Another type that does not keep what the parent wrote is as good as a drop; by whatever way the values get lost.
--- before
CREATE TABLE rounded (id int PRIMARY KEY, n numeric);
CREATE TABLE cut (id int PRIMARY KEY, v text);
CREATE TABLE other (id int PRIMARY KEY, v text);
CREATE TABLE parts (id int PRIMARY KEY, v text) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id int PRIMARY KEY, m text);
INSERT INTO rounded VALUES (1, 1), (2, 2.5);
INSERT INTO cut VALUES (1, 'abc'), (2, 'def');
INSERT INTO other VALUES (1, 'a');
INSERT INTO parts VALUES (1, 'a');
INSERT INTO people VALUES (1, 'SAD');
--- experiment
ALTER TABLE rounded ALTER COLUMN n TYPE int;
ALTER TABLE cut ALTER COLUMN v TYPE varchar(2) USING left(v, 2);
ALTER TABLE other RENAME COLUMN v TO w;
ALTER TABLE other ALTER COLUMN w TYPE int USING 0;
ALTER TABLE parts ALTER COLUMN v TYPE int USING 0;
ALTER TABLE people ALTER COLUMN m TYPE mood USING lower(m)::mood;
--- parent
INSERT INTO rounded VALUES (3, 3.7);
UPDATE cut SET v = 'abd' WHERE id = 1;
UPDATE other SET v = 'theirs';
UPDATE parts SET v = 'theirs';
UPDATE people SET m = 'OK';
--- expected
DROPPED_WRITTEN cut
DROPPED_WRITTEN other
DROPPED_WRITTEN parts
DROPPED_WRITTEN people
DROPPED_WRITTEN rounded
