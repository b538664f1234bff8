-- A trigger of the parent ran on the branch; the merge carries what it did and does not run it again.
--- before
CREATE TABLE audit (n bigint GENERATED ALWAYS AS IDENTITY, what text);
CREATE TABLE t (id int PRIMARY KEY, v int, changes int NOT NULL DEFAULT 0);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP || coalesce(NEW.id, OLD.id)); NEW.changes := NEW.changes + 1; RETURN NEW; END $$;
CREATE TRIGGER note BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
INSERT INTO t VALUES (1, 1);
--- experiment
UPDATE t SET v = 2;
INSERT INTO t VALUES (2, 2);
--- expected
merged
--- then
SELECT count(*) || ' ' || max(changes) FROM t, audit WHERE t.id = 1 => 3 2
