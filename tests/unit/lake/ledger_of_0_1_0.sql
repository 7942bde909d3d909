-- A ledger as version 0.1.0 wrote it, before forms had numbers: sqlite3 ledger.sqlite .dump
BEGIN TRANSACTION;
CREATE TABLE batch (
    number INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    parquet TEXT NOT NULL,
    parquet_sha256 TEXT NOT NULL,
    extracted TEXT NOT NULL,
    landed TEXT NOT NULL,
    rows INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    contract TEXT NOT NULL,
    UNIQUE (feed, sha256, file)
) STRICT;
INSERT INTO "batch" VALUES(1,'register.residents','register/2026-01/residents.csv','1111111111111111111111111111111111111111111111111111111111111111','register.residents/1.parquet','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','2026-02-01T00:00:00','2026-10-31T12:00:00',3,1,'c');
INSERT INTO "batch" VALUES(2,'register.residents','register/2026-02/residents.csv','2222222222222222222222222222222222222222222222222222222222222222','register.residents/2.parquet','a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2','2026-03-01T00:00:00','2026-10-31T12:00:00',6,1,'c');
CREATE TABLE drift (
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (feed, sha256, kind, name, outcome)
) STRICT;
INSERT INTO "drift" VALUES('register.residents','register/2026-01/residents.csv','1111111111111111111111111111111111111111111111111111111111111111','added','UUSI','accept','column UUSI is new');
INSERT INTO "drift" VALUES('register.residents','register/2026-02/residents.csv','2222222222222222222222222222222222222222222222222222222222222222','added','UUSI','accept','column UUSI is new');
CREATE TABLE finding (
    batch INTEGER NOT NULL REFERENCES batch (number),
    check_name TEXT NOT NULL,
    detail TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (batch, check_name, detail)
) STRICT;
INSERT INTO "finding" VALUES(1,'unknown_code','resident.language',2);
CREATE TABLE refused (
    feed TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    refused TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (feed, file, sha256)
) STRICT;
INSERT INTO "refused" VALUES('register.residents','x.csv','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','2026-10-31T12:00:00','x.csv: the file is empty');
CREATE TABLE rejected (
    batch INTEGER NOT NULL REFERENCES batch (number),
    line INTEGER NOT NULL,
    raw BLOB NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
INSERT INTO "rejected" VALUES(1,4,X'00017365616C6564','wrong_type','column N does not read as the declared type');
INSERT INTO "rejected" VALUES(2,4,X'00017365616C6564','wrong_type','column N does not read as the declared type');
CREATE TABLE repeat (
    batch INTEGER NOT NULL REFERENCES batch (number),
    file TEXT NOT NULL,
    met TEXT NOT NULL,
    PRIMARY KEY (batch, file)
) STRICT;
INSERT INTO "repeat" VALUES(1,'register/2026-03/again.csv','2026-10-31T12:00:00');
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    ok INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO "run" VALUES(1,'land','2026-10-31T12:00:00','2026-10-31T12:00:00',1,'{"landed": 2}','');
INSERT INTO "run" VALUES(2,'load','2026-10-31T12:00:00',NULL,0,'{}','');
CREATE INDEX rejected_by_batch ON rejected (batch);
COMMIT;
