-- The parent gained columns whose default the merge's own rows have; nobody wrote it, so the revert takes the rows back.
--- before
CREATE DOMAIN score AS int CHECK (VALUE < 1000);
CREATE TABLE t (k text PRIMARY KEY, n int);
CREATE TABLE counted (n int);
INSERT INTO t VALUES ('a', 1);
--- experiment
INSERT INTO t VALUES ('b', 2);
INSERT INTO counted VALUES (1), (1);
--- parent
ALTER TABLE t ADD COLUMN rank score DEFAULT 7 NOT NULL;
ALTER TABLE t ADD COLUMN note text;
ALTER TABLE t ALTER COLUMN note SET DEFAULT 'it''s';
ALTER TABLE counted ADD COLUMN flag boolean;
ALTER TABLE counted ALTER COLUMN flag SET DEFAULT true;
--- expected
merged
--- then
SELECT string_agg(concat_ws(' ', k, n, rank, note), ', ' ORDER BY k) FROM t => a 1 7, b 2 7 it's
