-- What goes by CASCADE is compared as well: tables of a schema, columns of a type.
--- before
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, v text);
CREATE TABLE app.quiet (id int PRIMARY KEY);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id int PRIMARY KEY, m mood);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE typed OF pair;
INSERT INTO app.t VALUES (1, 'a');
INSERT INTO people VALUES (1, 'sad');
--- experiment
DROP SCHEMA app CASCADE;
DROP TYPE mood CASCADE;
ALTER TYPE pair DROP ATTRIBUTE b CASCADE;
--- parent
UPDATE app.t SET v = 'theirs';
UPDATE people SET m = 'ok';
INSERT INTO typed VALUES (1, 'theirs');
--- expected
DROPPED_WRITTEN app.t
DROPPED_WRITTEN people
DROPPED_WRITTEN typed
