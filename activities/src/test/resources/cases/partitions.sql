-- Partitions made, attached and detached; rows written directly and rows that move.
--- before
CREATE TABLE log (id int, day date, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE log_25 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_26 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO log SELECT g, date '2025-11-01' + g * 20, 'v' FROM generate_series(1, 6) g;
--- experiment
UPDATE log SET day = day + 365 WHERE id = 1;
INSERT INTO log_26 VALUES (50, '2026-05-05', 'direct');
DELETE FROM log_25 WHERE id = 2;
CREATE TABLE log_27 PARTITION OF log FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
INSERT INTO log VALUES (60, '2027-07-07', 'new');
--- parent
UPDATE log SET v = 'theirs' WHERE id = 5;
--- expected
merged
