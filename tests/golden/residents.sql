-- create table applied (batch, feed, model_version, applied_at, rows_in, parquet_sha256)
CREATE TABLE IF NOT EXISTS "applied" (
  "batch" INT,
  "feed" TEXT,
  "model_version" TEXT,
  "applied_at" TIMESTAMP,
  "rows_in" BIGINT,
  "parquet_sha256" TEXT
);

-- create table deployed (version, applied_at, record)
CREATE TABLE IF NOT EXISTS "deployed" (
  "version" TEXT,
  "applied_at" TIMESTAMP,
  "record" TEXT
);

-- create table filled (source, fingerprint)
CREATE TABLE IF NOT EXISTS "filled" (
  "source" TEXT,
  "fingerprint" TEXT
);

-- create table hub_municipality (municipality_key, code)
CREATE TABLE IF NOT EXISTS "hub_municipality" (
  "municipality_key" UUID,
  "code" TEXT
);

-- create table hub_resident (resident_key, person)
CREATE TABLE IF NOT EXISTS "hub_resident" (
  "resident_key" UUID,
  "person" TEXT
);

-- create table sat_resident__register__people__personal (resident_key, language, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__personal" (
  "resident_key" UUID,
  "language" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- create table sat_resident__register__people__personal__superseded (resident_key, language, extracted, batch, deleted, superseded_by)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__personal__superseded" (
  "resident_key" UUID,
  "language" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN,
  "superseded_by" INT
);

-- create table sat_resident__register__people__direct (resident_key, name, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__direct" (
  "resident_key" UUID,
  "name" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- create table sat_resident__register__people__direct__superseded (resident_key, name, extracted, batch, deleted, superseded_by)
CREATE TABLE IF NOT EXISTS "sat_resident__register__people__direct__superseded" (
  "resident_key" UUID,
  "name" TEXT,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN,
  "superseded_by" INT
);

-- create table link_resident__register__people (resident_key, home_key, extracted, batch, deleted)
CREATE TABLE IF NOT EXISTS "link_resident__register__people" (
  "resident_key" UUID,
  "home_key" UUID,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN
);

-- create table link_resident__register__people__superseded (resident_key, home_key, extracted, batch, deleted, superseded_by)
CREATE TABLE IF NOT EXISTS "link_resident__register__people__superseded" (
  "resident_key" UUID,
  "home_key" UUID,
  "extracted" TIMESTAMP,
  "batch" INT,
  "deleted" BOOLEAN,
  "superseded_by" INT
);

-- put the deliveries in order
CREATE OR REPLACE TEMPORARY TABLE "arriving" AS
SELECT
  CAST(UNNEST($files) AS TEXT) AS "row__file",
  CAST(UNNEST($ordinals) AS INT) AS "row__ordinal",
  CAST(UNNEST($batches) AS INT) AS "batch",
  CAST(UNNEST($moments) AS TIMESTAMP) AS "extracted",
  CAST(UNNEST($late_before) AS TIMESTAMP) AS "late_before";

-- find the municipality keys rows point to as home
CREATE OR REPLACE TEMPORARY TABLE "referenced__home" AS
SELECT
  CAST(UNHEX(MD5("home__code")) AS UUID) AS "municipality_key",
  "home__code" AS "code"
FROM (
  SELECT DISTINCT
    "home__code"
  FROM (
    SELECT
      "deleted",
      "row__line",
      "row__rank",
      "row__ordinal",
      "row__hash",
      "row__hash_back",
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
        CAST(0 AS TINYINT) AS "row__rank",
        "row__ordinal" AS "row__ordinal",
        HASH("HOME", "ID", "LANGUAGE", "NAME", "STATE") AS "row__hash",
        HASH("STATE", "NAME", "LANGUAGE", "ID", "HOME") AS "row__hash_back",
        CAST(ID AS TEXT) AS "key__person",
        CAST(HOME AS TEXT) AS "home__code",
        CAST(LANGUAGE AS TEXT) AS "language",
        CAST(NAME AS TEXT) AS "name"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM READ_PARQUET($files, file_row_number = TRUE, filename = 'row__file')
        ) AS "files"
        INNER JOIN (
          SELECT
            "row__file",
            "row__ordinal"
          FROM "arriving"
        ) AS "places"
          USING ("row__file")
      ) AS "delivered"
    ) AS "read"
  ) AS "mapped"
  WHERE
    NOT "deleted" AND NOT "home__code" IS NULL
) AS "pointing";

-- read what describes resident
CREATE OR REPLACE TEMPORARY TABLE "stage" AS
SELECT
  CAST(UNHEX(MD5("key__person")) AS UUID) AS "resident_key",
  "key__person",
  "home_key",
  CASE WHEN NOT "deleted" THEN "language" END AS "language",
  CASE WHEN NOT "deleted" THEN "name" END AS "name",
  "deleted",
  "row__ordinal",
  "row__line",
  "row__rank",
  FALSE AS "row__judged"
FROM (
  SELECT
    "deleted",
    "row__line",
    "row__rank",
    "row__ordinal",
    "row__hash",
    "row__hash_back",
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
      CAST(0 AS TINYINT) AS "row__rank",
      "row__ordinal" AS "row__ordinal",
      HASH("HOME", "ID", "LANGUAGE", "NAME", "STATE") AS "row__hash",
      HASH("STATE", "NAME", "LANGUAGE", "ID", "HOME") AS "row__hash_back",
      CAST(ID AS TEXT) AS "key__person",
      CAST(HOME AS TEXT) AS "home__code",
      CAST(LANGUAGE AS TEXT) AS "language",
      CAST(NAME AS TEXT) AS "name"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM READ_PARQUET($files, file_row_number = TRUE, filename = 'row__file')
      ) AS "files"
      INNER JOIN (
        SELECT
          "row__file",
          "row__ordinal"
        FROM "arriving"
      ) AS "places"
        USING ("row__file")
    ) AS "delivered"
  ) AS "read"
) AS "mapped"
LEFT JOIN (
  SELECT
    "municipality_key" AS "home_key",
    "code" AS "met__home__code"
  FROM "referenced__home"
) AS "referenced__home"
  ON "mapped"."home__code" = "referenced__home"."met__home__code"
  AND NOT "mapped"."deleted";

-- find resident keys with more than one row
CREATE OR REPLACE TEMPORARY TABLE "several" AS
SELECT
  "resident_key"
FROM "stage"
GROUP BY
  "resident_key"
HAVING
  COUNT(*) > 1 OR "resident_key" IS NULL;

-- find resident keys that one delivery holds more than once
CREATE OR REPLACE TEMPORARY TABLE "repeated" AS
SELECT
  "resident_key",
  "row__ordinal"
FROM "stage"
SEMI JOIN "several"
  USING ("resident_key")
GROUP BY
  "resident_key",
  "row__ordinal"
HAVING
  COUNT(*) > 1;

-- count rows without a key, repeated rows and rows that contradict another
SELECT
  "batch",
  'no_key' AS "check",
  'resident' AS "detail",
  CAST(COUNT(*) AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal"
  FROM "stage"
  WHERE
    "resident_key" IS NULL AND NOT "row__judged"
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch"
UNION ALL
SELECT
  "batch",
  'repeated_row' AS "check",
  'resident' AS "detail",
  CAST(SUM("rows" - "contents") AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal",
    "resident_key",
    COUNT(*) AS "rows",
    COUNT(DISTINCT ("deleted", "language", "name", "home_key")) AS "contents"
  FROM "stage"
  SEMI JOIN "several"
    USING ("resident_key")
  WHERE
    NOT "row__judged"
  GROUP BY
    "row__ordinal",
    "resident_key"
  HAVING
    COUNT(*) > 1
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch"
UNION ALL
SELECT
  "batch",
  'same_key_different_content' AS "check",
  'resident' AS "detail",
  CAST(SUM("contents" - 1) AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal",
    "resident_key",
    COUNT(*) AS "rows",
    COUNT(DISTINCT ("deleted", "language", "name", "home_key")) AS "contents"
  FROM "stage"
  SEMI JOIN "several"
    USING ("resident_key")
  WHERE
    NOT "row__judged"
  GROUP BY
    "row__ordinal",
    "resident_key"
  HAVING
    COUNT(*) > 1
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch";

-- keep the last row of each resident in a delivery, and none without a key
DELETE FROM "stage"
WHERE
  "resident_key" IS NULL
  OR ("row__ordinal", "row__line") IN (
    SELECT
      "row__ordinal",
      "row__line"
    FROM (
      SELECT
        "row__ordinal",
        "row__line",
        ROW_NUMBER() OVER (
          PARTITION BY "resident_key", "row__ordinal"
          ORDER BY "row__rank" DESC, "row__line" DESC
        ) AS "place"
      FROM "stage"
      SEMI JOIN (
        SELECT DISTINCT
          "resident_key"
        FROM "repeated"
      ) AS "repeated"
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

-- find which resident keys are to be compared with what was said before
CREATE OR REPLACE TEMPORARY TABLE "moving" AS
SELECT DISTINCT
  "resident_key"
FROM (
  SELECT
    "resident_key"
  FROM "met"
  UNION ALL
  SELECT
    "resident_key"
  FROM "several"
  WHERE
    NOT "resident_key" IS NULL
  UNION ALL
  SELECT
    "resident_key"
  FROM "stage"
  WHERE
    "row__ordinal" < (
      CAST($arrivals AS INT) - 1
    )
) AS "keys";

-- find rows whose resident an earlier delivery has named
CREATE OR REPLACE TEMPORARY TABLE "told" AS
SELECT
  "resident_key",
  "row__ordinal"
FROM "stage"
SEMI JOIN "met"
  USING ("resident_key")
UNION
SELECT
  "resident_key",
  "row__ordinal"
FROM "stage"
INNER JOIN (
  SELECT
    "resident_key",
    MIN("row__ordinal") AS "first__ordinal"
  FROM "stage"
  SEMI JOIN "several"
    USING ("resident_key")
  GROUP BY
    "resident_key"
) AS "firsts"
  USING ("resident_key")
WHERE
  "row__ordinal" > "first__ordinal";

-- count deletions
SELECT
  "batch",
  'deletion' AS "check",
  'resident' AS "detail",
  CAST(COUNT(*) AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal"
  FROM "stage"
  WHERE
    "deleted" AND NOT "row__judged"
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch";

-- add resident keys the hub has not met
INSERT INTO "hub_resident" (
  "resident_key",
  "person"
)
SELECT
  "resident_key",
  "key__person"
FROM "stage"
ANTI JOIN "several"
  USING ("resident_key")
ANTI JOIN "hub_resident"
  USING ("resident_key")
UNION ALL
SELECT
  "resident_key",
  ANY_VALUE("key__person") AS "key__person"
FROM "stage"
SEMI JOIN "several"
  USING ("resident_key")
ANTI JOIN "hub_resident"
  USING ("resident_key")
GROUP BY
  "resident_key";

-- add municipality keys the hub has not met, named as home
INSERT INTO "hub_municipality" (
  "municipality_key",
  "code"
)
SELECT
  "municipality_key",
  "code"
FROM "referenced__home"
ANTI JOIN "hub_municipality"
  USING ("municipality_key")
WHERE
  "municipality_key" IN (
    SELECT
      "home_key"
    FROM "stage"
  );

-- add personal attributes (language) that changed to sat_resident__register__people__personal, and mark as deleted what a full delivery leaves out
INSERT INTO "sat_resident__register__people__personal" (
  "resident_key",
  "language",
  "extracted",
  "batch",
  "deleted"
)
WITH before AS (
  SELECT
    "resident_key",
    -1 AS "row__ordinal",
    "language",
    "deleted"
  FROM "sat_resident__register__people__personal"
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
)
SELECT
  "resident_key",
  "language",
  "extracted",
  "batch",
  "deleted"
FROM (
  SELECT
    "resident_key",
    "row__ordinal",
    "language",
    "deleted",
    LAG("row__ordinal") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__row__ordinal",
    LAG("deleted") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__deleted",
    LAG("language") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__language"
  FROM (
    SELECT
      "resident_key",
      "row__ordinal",
      "language",
      "deleted"
    FROM "before"
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal",
      "language",
      "deleted"
    FROM "stage"
    SEMI JOIN "moving"
      USING ("resident_key")
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal" + 1 AS "row__ordinal",
      NULL AS "language",
      TRUE AS "deleted"
    FROM (
      SELECT
        "resident_key",
        "row__ordinal",
        LEAD("row__ordinal", 1, CAST($arrivals AS INT)) OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "following"
      FROM (
        SELECT
          "resident_key",
          "row__ordinal",
          "language",
          "deleted"
        FROM "before"
        UNION ALL
        SELECT
          "resident_key",
          "row__ordinal",
          "language",
          "deleted"
        FROM "stage"
        SEMI JOIN "moving"
          USING ("resident_key")
      ) AS "present"
    ) AS "placed"
    WHERE
      "following" > (
        "row__ordinal" + 1
      )
  ) AS "told"
) AS "compared"
INNER JOIN "arriving"
  USING ("row__ordinal")
WHERE
  "prior__row__ordinal" IS NULL
  OR "deleted" IS DISTINCT FROM "prior__deleted"
  OR "language" IS DISTINCT FROM "prior__language";

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
  "extracted",
  "batch",
  "deleted"
FROM "stage"
ANTI JOIN "moving"
  USING ("resident_key")
INNER JOIN "arriving"
  USING ("row__ordinal");

-- add direct attributes (name) that changed to sat_resident__register__people__direct, and mark as deleted what a full delivery leaves out
INSERT INTO "sat_resident__register__people__direct" (
  "resident_key",
  "name",
  "extracted",
  "batch",
  "deleted"
)
WITH before AS (
  SELECT
    "resident_key",
    -1 AS "row__ordinal",
    "name",
    "deleted"
  FROM "sat_resident__register__people__direct"
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
)
SELECT
  "resident_key",
  "name",
  "extracted",
  "batch",
  "deleted"
FROM (
  SELECT
    "resident_key",
    "row__ordinal",
    "name",
    "deleted",
    LAG("row__ordinal") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__row__ordinal",
    LAG("deleted") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__deleted",
    LAG("name") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__name"
  FROM (
    SELECT
      "resident_key",
      "row__ordinal",
      "name",
      "deleted"
    FROM "before"
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal",
      "name",
      "deleted"
    FROM "stage"
    SEMI JOIN "moving"
      USING ("resident_key")
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal" + 1 AS "row__ordinal",
      NULL AS "name",
      TRUE AS "deleted"
    FROM (
      SELECT
        "resident_key",
        "row__ordinal",
        LEAD("row__ordinal", 1, CAST($arrivals AS INT)) OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "following"
      FROM (
        SELECT
          "resident_key",
          "row__ordinal",
          "name",
          "deleted"
        FROM "before"
        UNION ALL
        SELECT
          "resident_key",
          "row__ordinal",
          "name",
          "deleted"
        FROM "stage"
        SEMI JOIN "moving"
          USING ("resident_key")
      ) AS "present"
    ) AS "placed"
    WHERE
      "following" > (
        "row__ordinal" + 1
      )
  ) AS "told"
) AS "compared"
INNER JOIN "arriving"
  USING ("row__ordinal")
WHERE
  "prior__row__ordinal" IS NULL
  OR "deleted" IS DISTINCT FROM "prior__deleted"
  OR "name" IS DISTINCT FROM "prior__name";

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
  "extracted",
  "batch",
  "deleted"
FROM "stage"
ANTI JOIN "moving"
  USING ("resident_key")
INNER JOIN "arriving"
  USING ("row__ordinal");

-- add relationships (home) that changed to link_resident__register__people, and mark as deleted what a full delivery leaves out
INSERT INTO "link_resident__register__people" (
  "resident_key",
  "home_key",
  "extracted",
  "batch",
  "deleted"
)
WITH before AS (
  SELECT
    "resident_key",
    -1 AS "row__ordinal",
    "home_key",
    "deleted"
  FROM "link_resident__register__people"
  QUALIFY
    ROW_NUMBER() OVER (PARTITION BY "resident_key" ORDER BY "extracted" DESC, "batch" DESC) = 1
)
SELECT
  "resident_key",
  "home_key",
  "extracted",
  "batch",
  "deleted"
FROM (
  SELECT
    "resident_key",
    "row__ordinal",
    "home_key",
    "deleted",
    LAG("row__ordinal") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__row__ordinal",
    LAG("deleted") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__deleted",
    LAG("home_key") OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "prior__home_key"
  FROM (
    SELECT
      "resident_key",
      "row__ordinal",
      "home_key",
      "deleted"
    FROM "before"
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal",
      "home_key",
      "deleted"
    FROM "stage"
    SEMI JOIN "moving"
      USING ("resident_key")
    UNION ALL
    SELECT
      "resident_key",
      "row__ordinal" + 1 AS "row__ordinal",
      NULL AS "home_key",
      TRUE AS "deleted"
    FROM (
      SELECT
        "resident_key",
        "row__ordinal",
        LEAD("row__ordinal", 1, CAST($arrivals AS INT)) OVER (PARTITION BY "resident_key" ORDER BY "row__ordinal") AS "following"
      FROM (
        SELECT
          "resident_key",
          "row__ordinal",
          "home_key",
          "deleted"
        FROM "before"
        UNION ALL
        SELECT
          "resident_key",
          "row__ordinal",
          "home_key",
          "deleted"
        FROM "stage"
        SEMI JOIN "moving"
          USING ("resident_key")
      ) AS "present"
    ) AS "placed"
    WHERE
      "following" > (
        "row__ordinal" + 1
      )
  ) AS "told"
) AS "compared"
INNER JOIN "arriving"
  USING ("row__ordinal")
WHERE
  "prior__row__ordinal" IS NULL
  OR "deleted" IS DISTINCT FROM "prior__deleted"
  OR "home_key" IS DISTINCT FROM "prior__home_key";

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
  "extracted",
  "batch",
  "deleted"
FROM "stage"
ANTI JOIN "moving"
  USING ("resident_key")
INNER JOIN "arriving"
  USING ("row__ordinal");

-- count changes: keys named before that came with other content, and keys that disappeared
SELECT
  "batch",
  'change' AS "check",
  'resident' AS "detail",
  CAST(COUNT(*) AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal"
  FROM (
    SELECT DISTINCT
      "resident_key",
      "row__ordinal"
    FROM (
      SELECT
        "resident_key",
        "row__ordinal"
      FROM "sat_resident__register__people__personal"
      INNER JOIN (
        SELECT
          "batch",
          "row__ordinal"
        FROM "arriving"
      ) AS "places"
        USING ("batch")
      WHERE
        NOT "deleted"
      UNION ALL
      SELECT
        "resident_key",
        "row__ordinal"
      FROM "sat_resident__register__people__direct"
      INNER JOIN (
        SELECT
          "batch",
          "row__ordinal"
        FROM "arriving"
      ) AS "places"
        USING ("batch")
      WHERE
        NOT "deleted"
      UNION ALL
      SELECT
        "resident_key",
        "row__ordinal"
      FROM "link_resident__register__people"
      INNER JOIN (
        SELECT
          "batch",
          "row__ordinal"
        FROM "arriving"
      ) AS "places"
        USING ("batch")
      WHERE
        NOT "deleted"
    ) AS "said"
    SEMI JOIN "told"
      USING ("resident_key", "row__ordinal")
  ) AS "changed"
  SEMI JOIN (
    SELECT
      "resident_key",
      "row__ordinal"
    FROM "stage"
    WHERE
      NOT "row__judged"
  ) AS "new"
    USING ("resident_key", "row__ordinal")
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch"
UNION ALL
SELECT
  "batch",
  'disappeared' AS "check",
  'resident' AS "detail",
  CAST(COUNT(*) AS BIGINT) AS "count"
FROM (
  SELECT
    "row__ordinal"
  FROM (
    SELECT
      "resident_key",
      "row__ordinal"
    FROM "sat_resident__register__people__personal"
    INNER JOIN (
      SELECT
        "batch",
        "row__ordinal"
      FROM "arriving"
    ) AS "places"
      USING ("batch")
    WHERE
      "deleted"
  ) AS "gone"
  ANTI JOIN "stage"
    USING ("resident_key", "row__ordinal")
) AS "odd"
INNER JOIN "arriving"
  USING ("row__ordinal")
GROUP BY
  "batch";

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
