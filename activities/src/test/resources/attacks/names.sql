=== names a table like the end of a statement
--- experiment
CREATE TABLE "x""; DROP TABLE accounts; --" (id int PRIMARY KEY, "y""); DELETE FROM items; --" text);
INSERT INTO "x""; DROP TABLE accounts; --" VALUES (1, 'a'');--')
--- expected
merge: merged
--- then
SELECT count(*) FROM accounts => 2

=== names a table like the parent's in another schema
--- experiment
CREATE TABLE "public.accounts" (id int PRIMARY KEY, balance int);
INSERT INTO "public.accounts" VALUES (1, 0)
--- expected
merge: merged
--- then
SELECT sum(balance) FROM accounts => 300

=== names columns like parameters and escapes of the driver
--- experiment
CREATE TABLE odd ("?" int PRIMARY KEY, "$1" text, "{fn now()}" text, ":x" text, "a\b" text, "%s" text, "%1$s" text);
INSERT INTO odd VALUES (1, '?', '{d ''2020-01-01''}', ':x', '\', '%s');
UPDATE odd SET "$1" = '$1', "%1$s" = '%n'
--- expected
merge: merged

=== names columns like the worker's aliases
--- experiment
CREATE TABLE odd (t int PRIMARY KEY, n text, k text, a1 text, a2 text, rows text, keys text, old text, new text,
  "offshoot new rows" text, offshoot_key text, offshoot_gone text);
INSERT INTO odd VALUES (1, 'n', 'k');
ALTER TABLE items ADD COLUMN t text;
UPDATE items SET t = 't', note = 'n' WHERE id = 1
--- expected
merge: merged

=== names a table like the worker's staging
--- experiment
CREATE TABLE offshoot_change_1 (id int PRIMARY KEY, a2 text);
INSERT INTO offshoot_change_1 VALUES (1, 'x');
CREATE TEMPORARY TABLE offshoot_change_2 (id int);
UPDATE items SET note = 'z' WHERE id = 1
--- expected
merge: merged

=== names things as long as they may be
--- experiment
CREATE SCHEMA "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss";
CREATE TABLE "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"."ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"
  ("ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" int PRIMARY KEY);
INSERT INTO "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"."ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt" VALUES (1)
--- expected
merge: merged

=== names a table with line breaks and spaces
--- experiment
CREATE TABLE "two{u+000a}lines{u+0009}and a tab " (" " int PRIMARY KEY, "{u+000a}" text);
INSERT INTO "two{u+000a}lines{u+0009}and a tab " VALUES (1, 'x')
--- expected
merge: merged

=== names a table in letters that look like the parent's
--- experiment
CREATE TABLE "{u+0430}ccounts" (id int PRIMARY KEY, balance int);
INSERT INTO "{u+0430}ccounts" VALUES (1, 0)
--- expected
merge: merged
--- then
SELECT sum(balance) FROM accounts => 300

=== names a table so that it reads backwards
--- experiment
CREATE TABLE "items{u+202e}drop" (id int PRIMARY KEY);
INSERT INTO "items{u+202e}drop" VALUES (1)
--- expected
hazards: SUSPECT_INSTRUCTION
merge: merged

=== names a column with characters that nobody sees
--- experiment
ALTER TABLE items ADD COLUMN "note{u+200b}" text;
UPDATE items SET "note{u+200b}" = 'x' WHERE id = 1
--- expected
hazards: SUSPECT_INSTRUCTION
merge: merged

=== names a table with a terminal's commands
--- experiment
CREATE TABLE "{u+001b}[2J{u+001b}[1;1Hnothing to see" (id int PRIMARY KEY);
INSERT INTO "{u+001b}[2J{u+001b}[1;1Hnothing to see" VALUES (1)
--- expected
hazards: SUSPECT_INSTRUCTION
merge: merged

=== asks for a column whose name commands the terminal
--- experiment
SELECT "{u+001b}]0;owned{u+0007}{u+202e}" FROM items
--- expected
experiment: SQL_ERROR 42703 \\u001b

=== breaks a check whose name commands the terminal
--- experiment
ALTER TABLE items ADD CONSTRAINT "{u+001b}[31m{u+202e}" CHECK (id < 3);
INSERT INTO items VALUES (3, 'x')
--- expected
experiment: SQL_ERROR 23514 \\u001b

=== refers to a table whose name commands the terminal in a refusal of the diff
--- experiment
CREATE TABLE "{u+001b}[2J{u+202e}" (id int);
DO $$ BEGIN ALTER TABLE items ADD n int; UPDATE items SET n = 1; INSERT INTO "{u+001b}[2J{u+202e}" VALUES (1); END $$
--- expected
experiment: NOT_CARRIED writes rows of

=== makes a schema that looks like the worker's
--- experiment
CREATE SCHEMA offshoot_own;
CREATE TABLE offshoot_own.log (id int PRIMARY KEY);
INSERT INTO offshoot_own.log VALUES (1)
--- expected
merge: merged

=== makes a function whose arguments look like code
--- experiment
CREATE FUNCTION "f""()"("a); DROP TABLE accounts; --" int DEFAULT 1, VARIADIC "b""" text[] DEFAULT '{}') RETURNS int LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION "f""()"(int, text[]) IS '''; DROP TABLE accounts; --';
CREATE TRIGGER "t"";--" BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
--- expected
hazards: CREATES_CODE
merge: merged
--- then
SELECT count(*) FROM accounts => 2

=== makes types, values and domains whose names need quotes
--- experiment
CREATE TYPE "ty""pe'" AS ENUM ('a''b', '"c"', '\d', ',{}');
CREATE DOMAIN "do main" AS "ty""pe'"[] DEFAULT '{"a''b"}';
CREATE TABLE odd (id "ty""pe'" PRIMARY KEY, d "do main");
INSERT INTO odd VALUES ('a''b', '{",{}","\\d"}'), ('\d', DEFAULT)
--- expected
merge: merged
