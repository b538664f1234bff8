-- A DO block that changes schema and rows at once is refused with advice.
--- before
CREATE TABLE items (id int PRIMARY KEY, v int);
INSERT INTO items VALUES (1, 1);
--- experiment
DO $$ BEGIN ALTER TABLE items ADD COLUMN c int; UPDATE items SET c = 1; END $$;
--- expected
experiment NOT_CARRIED
split it
