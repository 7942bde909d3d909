-- create table applied (batch, feed, model_version, applied_at, rows_in, rows_new)
CREATE TABLE IF NOT EXISTS "applied" (
  "batch" INT,
  "feed" TEXT,
  "model_version" TEXT,
  "applied_at" TIMESTAMP,
  "rows_in" BIGINT,
  "rows_new" BIGINT
);

-- create table hub_municipality (municipality_key, code, first_extracted, first_batch)
CREATE TABLE IF NOT EXISTS "hub_municipality" (
  "municipality_key" UUID,
  "code" TEXT,
  "first_extracted" TIMESTAMP,
  "first_batch" INT
);

-- create table hub_resident (resident_key, person, first_extracted, first_batch)
CREATE TABLE IF NOT EXISTS "hub_resident" (
  "resident_key" UUID,
  "person" TEXT,
  "first_extracted" TIMESTAMP,
  "first_batch" INT
);

-- create table sat_resident__register__people__personal (resident_key, language, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__personal" (
  "resident_key" UUID,
  "language" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- create table sat_resident__register__people__direct (resident_key, name, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__direct" (
  "resident_key" UUID,
  "name" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- create table link_resident__register__people (resident_key, home_key, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "link_resident__register__people" (
  "resident_key" UUID,
  "home_key" UUID,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- read what describes resident
CREATE OR REPLACE TEMPORARY TABLE "stage" AS
SELECT
  CAST(MD5("key__person") AS UUID) AS "resident_key",
  "key__person",
  CASE WHEN NOT "deleted" THEN CAST(MD5("home__code") AS UUID) END AS "home_key",
  "home__code",
  CASE WHEN NOT "deleted" THEN "language" END AS "language",
  CASE WHEN NOT "deleted" THEN "name" END AS "name",
  "deleted",
  FALSE AS "row__judged",
  "row__line",
  "row__rank"
FROM (
  SELECT
    "deleted",
    "row__line",
    "row__rank",
    CASE
      WHEN "key__person" BETWEEN '!' AND '~' AND RIGHT("key__person", 1) BETWEEN '!' AND '~'
      THEN "key__person"
      ELSE NULLIF(
        TRIM(
          "key__person",
          CHR(32) || CHR(9) || CHR(10) || CHR(11) || CHR(12) || CHR(13) || CHR(160) || CHR(8199) || CHR(8239) || CHR(65279)
        ),
        ''
      )
    END AS "key__person",
    CASE
      WHEN "home__code" BETWEEN '!' AND '~' AND RIGHT("home__code", 1) BETWEEN '!' AND '~'
      THEN "home__code"
      ELSE NULLIF(
        TRIM(
          "home__code",
          CHR(32) || CHR(9) || CHR(10) || CHR(11) || CHR(12) || CHR(13) || CHR(160) || CHR(8199) || CHR(8239) || CHR(65279)
        ),
        ''
      )
    END AS "home__code",
    "language",
    "name"
  FROM (
    SELECT
      COALESCE((
        STATE = 'P'
      ), FALSE) AS "deleted",
      "file_row_number" AS "row__line",
      "file_row_number" AS "row__rank",
      CAST(ID AS TEXT) AS "key__person",
      CAST(HOME AS TEXT) AS "home__code",
      CAST(LANGUAGE AS TEXT) AS "language",
      CAST(NAME AS TEXT) AS "name"
    FROM READ_PARQUET($file, file_row_number = TRUE)
  ) AS "delivered"
) AS "standard";

-- find resident keys that are delivered more than once
CREATE OR REPLACE TEMPORARY TABLE "repeated" AS
SELECT
  "resident_key"
FROM "stage"
GROUP BY
  "resident_key"
HAVING
  COUNT(*) > 1 OR "resident_key" IS NULL;

-- count rows without a key, repeated rows and rows that contradict another
SELECT
  'no_key' AS "check",
  'resident' AS "detail",
  CAST(COALESCE(COUNT(*), 0) AS BIGINT) AS "count"
FROM "stage"
WHERE
  "resident_key" IS NULL AND NOT "row__judged"
UNION ALL
SELECT
  'repeated_row' AS "check",
  'resident' AS "detail",
  CAST(COALESCE(SUM("rows" - "contents"), 0) AS BIGINT) AS "count"
FROM (
  SELECT
    "resident_key",
    COUNT(*) AS "rows",
    COUNT(DISTINCT ("deleted", "language", "name", "home_key")) AS "contents"
  FROM "stage"
  SEMI JOIN "repeated"
    USING ("resident_key")
  WHERE
    NOT "row__judged"
  GROUP BY
    "resident_key"
) AS "keys"
UNION ALL
SELECT
  'same_key_different_content' AS "check",
  'resident' AS "detail",
  CAST(COALESCE(SUM("contents" - 1), 0) AS BIGINT) AS "count"
FROM (
  SELECT
    "resident_key",
    COUNT(*) AS "rows",
    COUNT(DISTINCT ("deleted", "language", "name", "home_key")) AS "contents"
  FROM "stage"
  SEMI JOIN "repeated"
    USING ("resident_key")
  WHERE
    NOT "row__judged"
  GROUP BY
    "resident_key"
) AS "keys";

-- keep the last row of each resident, and none without a key
DELETE FROM "stage"
WHERE
  "resident_key" IS NULL
  OR "row__line" IN (
    SELECT
      "row__line"
    FROM (
      SELECT
        "row__line",
        ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "row__rank" DESC, "row__line" DESC) AS "place"
      FROM "stage"
      SEMI JOIN "repeated"
        USING ("resident_key")
    ) AS "ranked"
    WHERE
      "place" > 1
  );

-- find which resident keys this source has named before
CREATE OR REPLACE TEMPORARY TABLE "met" AS
SELECT DISTINCT
  "resident_key"
FROM "sat_resident__register__people__personal"
SEMI JOIN "stage"
  USING ("resident_key");

-- count deletions
SELECT
  'deletion' AS "check",
  'resident' AS "detail",
  CAST(COALESCE(COUNT(*), 0) AS BIGINT) AS "count"
FROM "stage"
WHERE
  "deleted" AND NOT "row__judged";

-- add resident keys the hub has not met
INSERT INTO "hub_resident" (
  "resident_key",
  "person",
  "first_extracted",
  "first_batch"
)
SELECT
  "resident_key",
  "key__person",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT)
FROM "stage"
ANTI JOIN "hub_resident"
  USING ("resident_key");

-- add municipality keys the hub has not met, named as home
INSERT INTO "hub_municipality" (
  "municipality_key",
  "code",
  "first_extracted",
  "first_batch"
)
SELECT
  "municipality_key",
  "home__code",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT)
FROM (
  SELECT
    "home_key" AS "municipality_key",
    ANY_VALUE("home__code") AS "home__code"
  FROM "stage"
  WHERE
    NOT "home_key" IS NULL
  GROUP BY
    1
) AS "keys"
ANTI JOIN "hub_municipality"
  USING ("municipality_key");

-- add personal attributes (language) of what is new to sat_resident__register__people__personal
INSERT INTO "sat_resident__register__people__personal" (
  "resident_key",
  "language",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  "language",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "deleted"
FROM "stage"
ANTI JOIN "met"
  USING ("resident_key");

-- add personal attributes (language) that changed to sat_resident__register__people__personal
INSERT INTO "sat_resident__register__people__personal" (
  "resident_key",
  "language",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "said"."resident_key",
  "said"."language",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "said"."deleted"
FROM (
  SELECT
    "resident_key",
    "language",
    "deleted"
  FROM "stage"
  SEMI JOIN "met"
    USING ("resident_key")
) AS "said"
LEFT JOIN (
  SELECT
    "resident_key",
    "language",
    "deleted"
  FROM "sat_resident__register__people__personal"
  SEMI JOIN "met"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "before"
  USING ("resident_key")
WHERE
  "said"."deleted" IS DISTINCT FROM "before"."deleted"
  OR "said"."language" IS DISTINCT FROM "before"."language";

-- add direct attributes (name) of what is new to sat_resident__register__people__direct
INSERT INTO "sat_resident__register__people__direct" (
  "resident_key",
  "name",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  "name",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "deleted"
FROM "stage"
ANTI JOIN "met"
  USING ("resident_key");

-- add direct attributes (name) that changed to sat_resident__register__people__direct
INSERT INTO "sat_resident__register__people__direct" (
  "resident_key",
  "name",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "said"."resident_key",
  "said"."name",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "said"."deleted"
FROM (
  SELECT
    "resident_key",
    "name",
    "deleted"
  FROM "stage"
  SEMI JOIN "met"
    USING ("resident_key")
) AS "said"
LEFT JOIN (
  SELECT
    "resident_key",
    "name",
    "deleted"
  FROM "sat_resident__register__people__direct"
  SEMI JOIN "met"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "before"
  USING ("resident_key")
WHERE
  "said"."deleted" IS DISTINCT FROM "before"."deleted"
  OR "said"."name" IS DISTINCT FROM "before"."name";

-- add relationships (home) of what is new to link_resident__register__people
INSERT INTO "link_resident__register__people" (
  "resident_key",
  "home_key",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  "home_key",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "deleted"
FROM "stage"
ANTI JOIN "met"
  USING ("resident_key");

-- add relationships (home) that changed to link_resident__register__people
INSERT INTO "link_resident__register__people" (
  "resident_key",
  "home_key",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "said"."resident_key",
  "said"."home_key",
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  "said"."deleted"
FROM (
  SELECT
    "resident_key",
    "home_key",
    "deleted"
  FROM "stage"
  SEMI JOIN "met"
    USING ("resident_key")
) AS "said"
LEFT JOIN (
  SELECT
    "resident_key",
    "home_key",
    "deleted"
  FROM "link_resident__register__people"
  SEMI JOIN "met"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "before"
  USING ("resident_key")
WHERE
  "said"."deleted" IS DISTINCT FROM "before"."deleted"
  OR "said"."home_key" IS DISTINCT FROM "before"."home_key";

-- mark as deleted in sat_resident__register__people__personal what the full delivery leaves out
INSERT INTO "sat_resident__register__people__personal" (
  "resident_key",
  "language",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  NULL,
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  TRUE
FROM (
  SELECT
    "resident_key",
    "deleted"
  FROM "sat_resident__register__people__personal"
  ANTI JOIN "stage"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "last"
WHERE
  NOT "deleted";

-- mark as deleted in sat_resident__register__people__direct what the full delivery leaves out
INSERT INTO "sat_resident__register__people__direct" (
  "resident_key",
  "name",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  NULL,
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  TRUE
FROM (
  SELECT
    "resident_key",
    "deleted"
  FROM "sat_resident__register__people__direct"
  ANTI JOIN "stage"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "last"
WHERE
  NOT "deleted";

-- mark as deleted in link_resident__register__people what the full delivery leaves out
INSERT INTO "link_resident__register__people" (
  "resident_key",
  "home_key",
  "extracted",
  "batch",
  "deleted"
)
SELECT
  "resident_key",
  NULL,
  CAST($extracted AS TIMESTAMP),
  CAST($batch AS INT),
  TRUE
FROM (
  SELECT
    "resident_key",
    "deleted"
  FROM "link_resident__register__people"
  ANTI JOIN "stage"
    USING ("resident_key")
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
) AS "last"
WHERE
  NOT "deleted";

-- count changes: keys met before that came with other content
SELECT
  'change' AS "check",
  'resident' AS "detail",
  CAST(COALESCE(COUNT(DISTINCT "resident_key"), 0) AS BIGINT) AS "count"
FROM (
  SELECT
    "resident_key"
  FROM "sat_resident__register__people__personal"
  WHERE
    "batch" = $batch AND NOT "deleted"
  UNION ALL
  SELECT
    "resident_key"
  FROM "sat_resident__register__people__direct"
  WHERE
    "batch" = $batch AND NOT "deleted"
  UNION ALL
  SELECT
    "resident_key"
  FROM "link_resident__register__people"
  WHERE
    "batch" = $batch AND NOT "deleted"
) AS "said"
SEMI JOIN "met"
  USING ("resident_key")
SEMI JOIN (
  SELECT
    "resident_key"
  FROM "stage"
  WHERE
    NOT "row__judged"
) AS "new"
  USING ("resident_key");

-- the current state of resident
SELECT
  "resident_key",
  "hub"."person",
  "language",
  "home_key"
FROM (
  SELECT
    "resident_key",
    "language",
    "home_key"
  FROM (
    SELECT
      "resident_key",
      "language"
    FROM "sat_resident__register__people__personal"
    ANTI JOIN (
      SELECT
        "resident_key"
      FROM "sat_resident__register__people__personal"
      GROUP BY
        "resident_key"
      HAVING
        COUNT(*) > 1
    ) AS "several"
      USING ("resident_key")
    WHERE
      NOT "deleted"
    UNION ALL
    SELECT
      "resident_key",
      "language"
    FROM (
      SELECT
        "resident_key",
        "language",
        "deleted"
      FROM "sat_resident__register__people__personal"
      SEMI JOIN (
        SELECT
          "resident_key"
        FROM "sat_resident__register__people__personal"
        GROUP BY
          "resident_key"
        HAVING
          COUNT(*) > 1
      ) AS "several"
        USING ("resident_key")
      QUALIFY
        ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
    ) AS "last"
    WHERE
      NOT "deleted"
  ) AS "sat_resident__register__people__personal"
  FULL JOIN (
    SELECT
      "resident_key",
      "home_key"
    FROM "link_resident__register__people"
    ANTI JOIN (
      SELECT
        "resident_key"
      FROM "link_resident__register__people"
      GROUP BY
        "resident_key"
      HAVING
        COUNT(*) > 1
    ) AS "several"
      USING ("resident_key")
    WHERE
      NOT "deleted"
    UNION ALL
    SELECT
      "resident_key",
      "home_key"
    FROM (
      SELECT
        "resident_key",
        "home_key",
        "deleted"
      FROM "link_resident__register__people"
      SEMI JOIN (
        SELECT
          "resident_key"
        FROM "link_resident__register__people"
        GROUP BY
          "resident_key"
        HAVING
          COUNT(*) > 1
      ) AS "several"
        USING ("resident_key")
      QUALIFY
        ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
    ) AS "last"
    WHERE
      NOT "deleted"
  ) AS "link_resident__register__people"
    USING ("resident_key")
) AS "rows"
INNER JOIN "hub_resident" AS "hub"
  USING ("resident_key");
