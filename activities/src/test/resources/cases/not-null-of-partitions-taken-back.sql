-- What a revert puts back has the name that it had, on partitions too.
--- before
CREATE TABLE t (id int NOT NULL, a text NOT NULL, b text NOT NULL, c int CONSTRAINT "Must be" NOT NULL) PARTITION BY LIST (id);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE other (id int NOT NULL, a text CONSTRAINT of_its_own NOT NULL, b text NOT NULL, c int NOT NULL);
ALTER TABLE t ATTACH PARTITION other FOR VALUES IN (2);
CREATE TABLE single (n int CONSTRAINT "a number" NOT NULL);
INSERT INTO t VALUES (1, 'a', 'b', 1), (2, 'a', 'b', 2);
--- experiment
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE t ALTER COLUMN c DROP NOT NULL;
ALTER TABLE single ALTER COLUMN n DROP NOT NULL;
UPDATE t SET b = 'c' WHERE id = 1;
--- expected
merged
