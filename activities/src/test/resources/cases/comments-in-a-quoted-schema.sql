-- The same where the schema's own name needs quotes.
--- before
CREATE SCHEMA "Other schema";
CREATE TABLE "Other schema".t (id int PRIMARY KEY, "Key" text);
--- experiment
COMMENT ON TABLE "Other schema".t IS 'a ''note''';
COMMENT ON COLUMN "Other schema".t."Key" IS 'what it is';
--- expected
merged
