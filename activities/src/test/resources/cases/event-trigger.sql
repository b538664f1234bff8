-- An event trigger takes a superuser, which an experiment never is.
--- before
CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE TABLE t (id int PRIMARY KEY);
--- experiment
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION e();
--- expected
experiment PERMISSION_DENIED
