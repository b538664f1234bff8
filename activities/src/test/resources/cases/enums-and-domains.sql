-- A new label of an enum is used by rows in an experiment of its own transactions.
-- transaction: PER_STATEMENT
--- before
CREATE TYPE state AS ENUM ('open', 'done');
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE jobs (id int PRIMARY KEY, state state, p percent);
INSERT INTO jobs VALUES (1, 'open', 5), (2, 'done', 100);
--- experiment
CREATE DOMAIN word AS text CHECK (VALUE !~ ' ') DEFAULT 'none' NOT NULL;
ALTER TABLE jobs ADD COLUMN w word;
UPDATE jobs SET p = 50, w = 'half' WHERE id = 1;
ALTER TYPE state ADD VALUE 'late' BEFORE 'done';
--- expected
merged
