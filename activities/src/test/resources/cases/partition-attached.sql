-- A table with rows becomes a partition.
--- before
CREATE TABLE log (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE apart (id int, day int NOT NULL, PRIMARY KEY (id, day), CHECK (day = 2));
INSERT INTO apart VALUES (1, 2);
--- experiment
ALTER TABLE log ATTACH PARTITION apart FOR VALUES IN (2);
--- expected
merged
