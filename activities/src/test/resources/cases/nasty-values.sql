-- Values whose text, equality and storage do not agree with one another.
--- before
CREATE TYPE pair AS (a text, b int);
CREATE TABLE v (id int PRIMARY KEY, n numeric, f float8, ts timestamptz, i interval, j json, jb jsonb, b bytea, a int[], ta text[], r int4range, mr int4multirange, p pair, pt point, x xml, bt bit(3), tv tsvector, ip inet, c char(4));
INSERT INTO v (id, n, f, i, j) VALUES (1, 1.0, 0, '1 mon', '{"a":1,"a":2}'), (2, 1, 0, '30 days', '{}'), (3, NULL, NULL, NULL, NULL);
--- experiment
UPDATE v SET n = 1.00, f = '-0', i = '30 days', j = '{"a":1, "a":2}' WHERE id = 1;
UPDATE v SET n = 'NaN', f = 'NaN', ts = 'infinity' WHERE id = 2;
UPDATE v SET n = 'Infinity', ts = '0044-03-15 12:00:00+00 BC', p = ROW(NULL, NULL), a = '[0:1]={1,NULL}', ta = '{"",NULL,"NULL","a,\"b\\"}' WHERE id = 3;
INSERT INTO v VALUES (4, 1e-30, 1e308, '-infinity', '-1 year 2 days', 'null', 'null', '', '{}', '{}', 'empty', '{[1,2),[5,9)}', ROW('x,"y', 1), '(NaN,-0)', '<a>&amp;</a>', B'101', '''a b'':1', '::1/64', 'é');
INSERT INTO v (id, b, jb, ta, c) VALUES (5, '\x005c5c27', '"\u00e9\\n"', '{"\t\n"}', '\N');
--- expected
merged
