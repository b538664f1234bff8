-- The default of the parent's own column was converted with it, and the merge's row has it.
--- before
CREATE TABLE t (id date PRIMARY KEY, a boolean);
--- experiment
INSERT INTO t VALUES ('2026-01-14', false);
--- parent
ALTER TABLE t ADD COLUMN more uuid DEFAULT '00000000-0000-0000-0000-000000000003';
ALTER TABLE t ALTER COLUMN more TYPE text USING more::text;
--- expected
merged
