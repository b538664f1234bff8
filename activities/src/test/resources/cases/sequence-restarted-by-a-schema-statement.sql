-- A sequence that is altered and restarted at once would hand out values twice.
--- before
CREATE TABLE t (id serial PRIMARY KEY, v text);
INSERT INTO t (v) VALUES ('a'), ('b');
--- experiment
ALTER SEQUENCE t_id_seq MAXVALUE 1000 RESTART;
--- expected
diff NOT_CARRIED
sets sequence t_id_seq back
