BEGIN TRANSACTION;
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    moment TEXT NOT NULL,
    asker TEXT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    question TEXT NOT NULL,
    decision TEXT NOT NULL,
    snapshot INTEGER,
    rows INTEGER NOT NULL,
    seal TEXT NOT NULL
) STRICT
;
INSERT INTO "record" VALUES(1,'2026-11-24T09:15:03.211000+02:00','johtaja','manager','steering','{"metrics": ["cost"], "grain": "month", "area": null}','allowed',1,12,'a389764b1ad71ac6a45752f68abe61b78d65c50f1603bb91f1b3d509bdb6956d');
INSERT INTO "record" VALUES(2,'2026-11-24T09:16:00+02:00','yhteyshenkilö','municipality_contact','planning','{"metrics": ["cost"], "area": "Kittilä"}','refused: role ''municipality_contact'' sees its own municipality only',1,0,'59ce8380fc8940b5121ff3fd5eada0d69c856ea1aecfe6464ec2f46c3c9c99e3');
INSERT INTO "record" VALUES(3,'2026-11-24T09:17:00+02:00','terminal:anna','analyst','planning','{"open feature table": "service_use_monthly", "days": 3}','allowed',NULL,60000,'55f9bf29a2cf3622325e2773e428903b412e5efa0c296ff0cd0f9f89592a0cae');
COMMIT;
