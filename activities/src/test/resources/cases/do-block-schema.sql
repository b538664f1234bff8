-- A DO block that changes only the schema is replayed.
--- before
CREATE TABLE items (id int PRIMARY KEY, v int);
INSERT INTO items VALUES (1, 1);
--- experiment
DO $$ BEGIN FOR i IN 1..2 LOOP EXECUTE format('ALTER TABLE items ADD COLUMN c%s int DEFAULT 7', i); END LOOP; END $$;
--- expected
merged
