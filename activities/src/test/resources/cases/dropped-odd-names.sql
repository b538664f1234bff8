-- Names that mean something else in SQL, arrays, rows and nulls within them.
--- before
CREATE SCHEMA "S.1 ""x""";
CREATE TYPE pair AS (a int, b text);
CREATE TABLE "S.1 ""x"""."t ?" ("?" int PRIMARY KEY, t text[], "hash" jsonb, "%s" float8, "te""xt" pair, r json);
CREATE TABLE "r" ("standing" pair, "t" text, "rows" int PRIMARY KEY);
INSERT INTO "S.1 ""x"""."t ?" VALUES (1, '{a,NULL,"NULL"}', '{"a": 1}', 0.1, (NULL, NULL), '{"a":1, "a":2}'), (2, '{}', NULL, 'NaN', NULL, NULL);
INSERT INTO "r" VALUES ((1, NULL), 'x', 1), ((NULL, NULL), '{', 2), (NULL, NULL, 3);
--- experiment
DROP TABLE "S.1 ""x"""."t ?";
ALTER TABLE "r" DROP COLUMN "standing", DROP COLUMN "t";
--- parent
UPDATE "r" SET "standing" = NULL WHERE "rows" = 2;
--- expected
DROPPED_WRITTEN r
