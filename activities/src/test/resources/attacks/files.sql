=== reads a file
--- experiment
SELECT pg_read_file('{file}')
--- expected
experiment: PERMISSION_DENIED 42501 pg_read_file

=== reads a file as bytes
--- experiment
SELECT pg_read_binary_file('{file}')
--- expected
experiment: PERMISSION_DENIED 42501

=== lists a folder
--- experiment
SELECT pg_ls_dir('{folder}')
--- expected
experiment: PERMISSION_DENIED 42501

=== asks whether a file exists
--- experiment
SELECT pg_stat_file('{file}')
--- expected
experiment: PERMISSION_DENIED 42501

=== lists the server's log files
--- experiment
SELECT * FROM pg_ls_logdir()
--- expected
experiment: PERMISSION_DENIED 42501

=== copies a file into a table
--- experiment
CREATE TABLE loot (line text);
COPY loot FROM '{file}'
--- expected
experiment: PERMISSION_DENIED 42501

=== copies a table into a file
--- experiment
COPY accounts TO '{folder}/written'
--- expected
experiment: PERMISSION_DENIED 42501

=== copies from a program
--- experiment
CREATE TABLE loot (line text);
COPY loot FROM PROGRAM 'cat {file}'
--- expected
experiment: PERMISSION_DENIED 42501

=== copies into a program
--- experiment
COPY accounts TO PROGRAM 'tee {folder}/written'
--- expected
experiment: PERMISSION_DENIED 42501

=== imports a file as large object
--- experiment
SELECT lo_import('{file}')
--- expected
experiment: PERMISSION_DENIED 42501

=== exports a large object into a file
--- experiment
SELECT lo_export(1, '{folder}/written')
--- expected
experiment: PERMISSION_DENIED 42501

=== keeps data in large objects
--- experiment
SELECT lo_from_bytea(0, 'x')
--- expected
experiment: NOT_CARRIED large objects

=== reads a file by a foreign data wrapper
--- experiment
CREATE EXTENSION file_fdw
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR

=== reads a file as entity of a document
-- The server resolves none.
--- experiment
SELECT xmlparse(document '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{file}">]><x>&e;</x>')
--- expected
nothing changed

=== loads a library
--- experiment
LOAD '{folder}/evil.so'
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|58P01

=== calls into a library
--- experiment
CREATE FUNCTION evil() RETURNS int LANGUAGE c AS '{folder}/evil', 'evil'
--- expected
experiment: PERMISSION_DENIED 42501

=== gives a function of the server another name
--- experiment
CREATE FUNCTION my_read(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'
--- expected
experiment: PERMISSION_DENIED 42501

=== brings a language without limits
--- experiment
CREATE EXTENSION plperlu
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR

=== places a tablespace among the server's files
--- experiment
CREATE TABLESPACE mine LOCATION '{folder}'
--- expected
experiment: STATEMENT_REFUSED|PERMISSION_DENIED

=== has the server run a program when it archives
--- experiment
DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET archive_command = ''touch {folder}/written'''; END $$
--- expected
experiment: STATEMENT_REFUSED|PERMISSION_DENIED

=== reads who may log in from where
--- experiment
SELECT * FROM pg_hba_file_rules
--- expected
experiment: PERMISSION_DENIED 42501

=== reads the server's configuration files
--- experiment
SELECT * FROM pg_file_settings
--- expected
experiment: PERMISSION_DENIED 42501

=== asks where the server's files are
--- experiment
SHOW data_directory
--- expected
experiment: PERMISSION_DENIED 42501

=== begins a backup
--- experiment
SELECT pg_backup_start('mine')
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|42883

=== has the server write another log file
--- experiment
SELECT pg_rotate_logfile()
--- expected
experiment: PERMISSION_DENIED 42501

=== has the server switch its log of changes
--- experiment
SELECT pg_switch_wal()
--- expected
experiment: PERMISSION_DENIED 42501
