-- A statement that changes the schema and sets a sequence would set the parent's back, which no rollback undoes.
--- before
CREATE TABLE t (id serial PRIMARY KEY, v text);
INSERT INTO t (v) VALUES ('a'), ('b');
--- experiment
CREATE TABLE s AS SELECT setval('t_id_seq', max(id)) AS id FROM t;
--- expected
diff NOT_CARRIED
statement 1
setval
--- then
SELECT nextval('t_id_seq') => 3
