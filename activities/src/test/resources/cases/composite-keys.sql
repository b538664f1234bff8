-- Keys of several columns, written in another order than the table's.
--- before
CREATE TABLE seats (hall text, nr int, taken boolean, at date, PRIMARY KEY (nr, hall));
INSERT INTO seats SELECT h, n, false, NULL FROM unnest('{a,b}'::text[]) h, generate_series(1, 3) n;
--- experiment
UPDATE seats SET taken = true WHERE hall = 'a' AND nr > 1;
DELETE FROM seats WHERE (hall, nr) = ('b', 1);
--- parent
UPDATE seats SET at = '2026-01-01' WHERE nr = 3;
--- expected
UPDATE_UPDATE seats [3, a]
