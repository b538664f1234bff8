-- The schema decides; a search path set by the experiment is replayed with its statements.
--- before
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE a.t (id int PRIMARY KEY, v text);
CREATE TABLE b.t (id int PRIMARY KEY, v text);
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO a.t VALUES (1, 'a');
INSERT INTO b.t VALUES (1, 'b');
INSERT INTO t VALUES (1, 'public');
--- experiment
SET search_path = b, public;
UPDATE t SET v = 'changed';
ALTER TABLE t ADD COLUMN n int DEFAULT 3;
SET search_path = a;
CREATE TABLE u (id int);
--- parent
UPDATE a.t SET v = 'theirs';
--- expected
merged
--- then
SELECT a.t.v || ' ' || b.t.v || ' ' || n || ' ' || p.v || ' ' || (to_regclass('a.u') IS NOT NULL) FROM a.t, b.t, public.t p => theirs changed 3 public true
