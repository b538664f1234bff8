-- Sequences made, altered and drawn from; a merge never takes one back.
--- before
CREATE SEQUENCE s;
CREATE SEQUENCE down INCREMENT -1;
CREATE TABLE t (id serial PRIMARY KEY, v text);
INSERT INTO t (v) VALUES ('a');
SELECT nextval('s');
--- experiment
SELECT nextval('s'), nextval('s');
SELECT nextval('down');
INSERT INTO t (v) VALUES ('b');
CREATE SEQUENCE fresh START 100 INCREMENT 10 CACHE 5;
SELECT nextval('fresh');
ALTER SEQUENCE s MAXVALUE 1000 CYCLE;
--- expected
merged
--- then
SELECT nextval('s') || ' ' || nextval('down') => 4 -2
