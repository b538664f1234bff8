-- Quoted, mixed-case, Unicode and spiteful names.
--- before
CREATE SCHEMA "Sch äma";
CREATE TABLE "Sch äma"."Order" ("ID" int PRIMARY KEY, "select" text, "a""b" int, "→" text, "%s $1 ?" text);
INSERT INTO "Sch äma"."Order" VALUES (1, 'x', 1, 'y', 'z'), (2, 'x', 2, 'y', 'z');
--- experiment
UPDATE "Sch äma"."Order" SET "a""b" = 5, "%s $1 ?" = '?' WHERE "ID" = 1;
ALTER TABLE "Sch äma"."Order" RENAME COLUMN "→" TO "←; DROP TABLE x";
CREATE TABLE "Sch äma"."order" ("ID" int, "id" int PRIMARY KEY);
INSERT INTO "Sch äma"."order" VALUES (1, 2);
CREATE TABLE "this name is a good deal longer than the sixty-three bytes that fit" ("x y" int);
--- parent
UPDATE "Sch äma"."Order" SET "select" = 'theirs' WHERE "ID" = 2;
--- expected
merged
