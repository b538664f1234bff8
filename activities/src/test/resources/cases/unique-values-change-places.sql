-- Unique values that are exchanged, which no single UPDATE can do.
--- before
CREATE TABLE t (id int PRIMARY KEY, slot int UNIQUE NOT NULL, name text);
INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c');
--- experiment
UPDATE t SET slot = slot + 10;
UPDATE t SET slot = CASE id WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 1 END;
--- expected
merged
