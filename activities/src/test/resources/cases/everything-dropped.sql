-- An experiment that leaves nothing standing.
--- before
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY);
CREATE VIEW app.v AS SELECT * FROM app.t;
INSERT INTO app.t VALUES (1);
--- experiment
DROP SCHEMA app CASCADE;
--- expected
merged
