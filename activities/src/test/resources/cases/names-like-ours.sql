-- Objects named like those that Offshoot makes are objects like any other.
--- before
CREATE TABLE t (id int PRIMARY KEY, n text, b1 text, a1 text, tab text, tid text, outcome text);
INSERT INTO t VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f');
--- experiment
CREATE TABLE offshoot_changes_0 (n bigint PRIMARY KEY, kind text, copies int);
INSERT INTO offshoot_changes_0 VALUES (1, 'I', 1);
CREATE TABLE receipts (experiment text PRIMARY KEY, digest text);
INSERT INTO receipts VALUES ('all of them', 'done');
UPDATE t SET n = 'x', b1 = 'y', outcome = 'APPLY';
--- parent
UPDATE t SET tid = 'e';
--- expected
merged
