-- A DO block that writes rows is seen by what it did.
--- before
CREATE TABLE items (id int PRIMARY KEY, v int);
INSERT INTO items SELECT g, g FROM generate_series(1, 5) g;
--- experiment
DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE items SET v = v * 10 WHERE id = i; END LOOP; END $$;
--- expected
merged
