-- What the parent wrote into a column of its own would be lost with the row; what ADD COLUMN gave to all would not.
--- before
CREATE TABLE keyed (id int PRIMARY KEY, n int);
INSERT INTO keyed VALUES (1, 1), (2, 2), (3, 3);
CREATE TABLE counted (a json, n numeric(8, 2));
INSERT INTO counted VALUES ('{"a":1,"a":2}', 0), ('[]', 1), ('[]', 1);
--- experiment
DELETE FROM keyed WHERE id <= 2;
DELETE FROM counted;
--- parent
ALTER TABLE keyed ADD COLUMN note text DEFAULT 'none';
UPDATE keyed SET note = 'kept' WHERE id = 2;
ALTER TABLE counted ADD COLUMN more json DEFAULT ' [ ] ';
UPDATE counted SET more = '{"a":1}' WHERE n = 0;
--- expected
DELETE_UPDATED counted [{"a":1,"a":2}, 0.00]
DELETE_UPDATED keyed [2]
