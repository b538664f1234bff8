-- Both sides changed the definition of the same column.
--- before
CREATE TABLE t (id int PRIMARY KEY, v varchar(10));
--- experiment
ALTER TABLE t ALTER COLUMN v TYPE varchar(20);
--- parent
ALTER TABLE t ALTER COLUMN v TYPE varchar(30);
--- expected
SCHEMA_CHANGED [public.t.v]
