-- Only a row that says nothing of the column has nothing to lose: written is what a row gets, and what it loses.
--- before
CREATE TABLE a (id int PRIMARY KEY, state text DEFAULT 'new');
CREATE TABLE b (id int PRIMARY KEY, state text DEFAULT 'new');
CREATE TABLE c (id int PRIMARY KEY, made timestamptz DEFAULT now());
INSERT INTO a VALUES (1, 'sold');
INSERT INTO b VALUES (1, NULL);
--- experiment
ALTER TABLE a DROP COLUMN state;
ALTER TABLE b DROP COLUMN state;
ALTER TABLE c DROP COLUMN made;
--- parent
UPDATE a SET state = 'new';
UPDATE b SET state = 'new';
INSERT INTO c VALUES (1);
--- expected
DROPPED_WRITTEN a
DROPPED_WRITTEN b
DROPPED_WRITTEN c
