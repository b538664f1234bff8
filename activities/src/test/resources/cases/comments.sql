-- Comments on every kind of object.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
COMMENT ON TABLE t IS 'old';
COMMENT ON COLUMN t.v IS 'goes';
--- experiment
COMMENT ON TABLE t IS 'it''s "new" → 😀';
COMMENT ON COLUMN t.v IS NULL;
COMMENT ON CONSTRAINT t_pkey ON t IS 'the key';
COMMENT ON INDEX t_pkey IS 'its index';
--- expected
merged
