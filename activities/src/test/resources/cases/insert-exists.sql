-- Both inserted the same key with other values.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
--- experiment
INSERT INTO t VALUES (1, 'ours'), (2, 'same'), (3, 'only ours');
--- parent
INSERT INTO t VALUES (1, 'theirs'), (2, 'same');
--- expected
INSERT_EXISTS t [1]
