-- A column that the parent has altered meanwhile is a conflict of the schema; what else a drop would lose is listed too.
--- before
CREATE TABLE items (id int PRIMARY KEY, gone text);
CREATE TABLE old (id int PRIMARY KEY);
--- experiment
ALTER TABLE items DROP COLUMN gone;
DROP TABLE old;
--- parent
ALTER TABLE items ALTER COLUMN gone SET DEFAULT 'x';
INSERT INTO old VALUES (1);
--- expected
DROPPED_WRITTEN old
SCHEMA_CHANGED [public.items.gone]
