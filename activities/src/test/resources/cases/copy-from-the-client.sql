-- COPY has no client to read from; it is refused before it runs.
--- before
CREATE TABLE items (id int PRIMARY KEY);
--- experiment
COPY items FROM STDIN;
--- expected
experiment STATEMENT_REFUSED
