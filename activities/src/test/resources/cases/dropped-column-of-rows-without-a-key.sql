-- Without a key a dropped column is compared as a multiset of values.
--- before
CREATE TABLE log (what text, gone int);
CREATE TABLE other (what text, gone int);
INSERT INTO log VALUES ('a', 1), ('b', 2);
INSERT INTO other VALUES ('a', 1), ('b', 2);
--- experiment
ALTER TABLE log DROP COLUMN gone;
ALTER TABLE other DROP COLUMN gone;
--- parent
UPDATE log SET gone = 2;
UPDATE other SET what = 'theirs';
INSERT INTO other (what) VALUES ('new');
--- expected
DROPPED_WRITTEN log
