-- The schema in which merges are noted is not the experiment's to make.
--- before
CREATE TABLE t (id int PRIMARY KEY);
--- experiment
CREATE SCHEMA offshoot;
CREATE TABLE offshoot.merges (experiment_id text);
--- expected
experiment NOT_CARRIED
where merges are noted
