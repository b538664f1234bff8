-- Row security and its policies.
--- before
CREATE TABLE t (id int PRIMARY KEY, owner text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t FOR SELECT USING (owner = current_user);
CREATE POLICY all_may ON t AS RESTRICTIVE USING (true) WITH CHECK (id > 0);
UPDATE t SET owner = 'c' WHERE id = 2;
--- expected
merged
