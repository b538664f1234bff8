-- Rows that refer to one another in a circle, new and deleted.
--- before
CREATE TABLE dept (id int PRIMARY KEY, head int);
CREATE TABLE emp (id int PRIMARY KEY, dept int NOT NULL REFERENCES dept, boss int REFERENCES emp);
ALTER TABLE dept ADD FOREIGN KEY (head) REFERENCES emp DEFERRABLE INITIALLY DEFERRED;
INSERT INTO dept VALUES (1, NULL), (2, NULL);
INSERT INTO emp VALUES (1, 1, 1), (2, 2, 1), (3, 1, 2);
UPDATE dept SET head = id;
--- experiment
INSERT INTO dept VALUES (3, 30);
INSERT INTO emp VALUES (30, 3, 31), (31, 3, 30);
UPDATE emp SET boss = 3 WHERE id = 2;
UPDATE dept SET head = NULL WHERE id = 1;
UPDATE emp SET boss = NULL, dept = 2 WHERE dept = 1;
DELETE FROM dept WHERE id = 1;
--- expected
merged
