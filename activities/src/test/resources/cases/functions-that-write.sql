-- A call of a function is seen by the rows that it wrote; the function is not called again.
--- before
CREATE TABLE items (id int PRIMARY KEY, v int);
INSERT INTO items VALUES (1, 1);
CREATE FUNCTION bump() RETURNS void LANGUAGE sql AS 'UPDATE items SET v = v + 1';
CREATE PROCEDURE fill(n int) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 2..n LOOP INSERT INTO items VALUES (i, 0); END LOOP; END $$;
--- experiment
SELECT bump();
CALL fill(3);
SELECT bump();
--- expected
merged
--- then
SELECT string_agg(v::text, ' ' ORDER BY id) FROM items => 3 1 1
