-- An experiment that takes away its own rights to a table is seen to the end all the same, or refused by name.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a');
--- experiment
UPDATE t SET v = 'b';
REVOKE ALL ON t FROM CURRENT_USER;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
--- expected
diff NOT_CARRIED
forced row-level security, or its owner's rights were revoked
