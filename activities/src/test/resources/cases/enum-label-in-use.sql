-- Rows cannot use a label in the transaction that makes it, so label and use are two experiments.
-- transaction: PER_STATEMENT
--- before
CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE jobs (id int PRIMARY KEY, state state);
INSERT INTO jobs VALUES (1, 'open');
--- experiment
ALTER TYPE state ADD VALUE 'late';
UPDATE jobs SET state = 'late';
--- expected
diff NOT_CARRIED
label
