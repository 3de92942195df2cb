BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'spotid','m001_first','2026-11-21 08:15:41.509929+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'spotid','m002_frames_and_flanks','2026-11-21 08:15:41.511688+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'spotid','m003_crashes_and_seals','2026-11-21 11:28:00.401666+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'spotid','m004_names_and_other_ledgers','2026-11-21 17:25:40.387713+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'spotid','m005_collections_clips_and_clocks','2026-11-21 20:35:35.412724+00:00');
CREATE TABLE clock_word (
         id INTEGER PRIMARY KEY AUTOINCREMENT, deployment_id INTEGER NOT NULL REFERENCES deployment(id),
         camera TEXT NOT NULL DEFAULT '', from_at TEXT, offset_s INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL);
INSERT INTO "clock_word" VALUES(1,3,'',NULL,3600,'summer time',1,'2026-11-21T20:35:35.433+00:00');
CREATE TABLE collection (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, source TEXT NOT NULL,
         root_id INTEGER REFERENCES root(id), answers TEXT NOT NULL DEFAULT '{}', report TEXT NOT NULL DEFAULT '{}',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL, taken_back_at TEXT);
INSERT INTO "collection" VALUES(1,'c1','sheet','/survey/sheet.csv',1,'{}','{}',1,'2026-11-21T20:00:00+00:00',NULL);
CREATE TABLE collection_row (
         id INTEGER PRIMARY KEY, collection_id INTEGER NOT NULL REFERENCES collection(id),
         root_id INTEGER NOT NULL REFERENCES root(id), relpath TEXT NOT NULL, lines TEXT NOT NULL DEFAULT '',
         name TEXT NOT NULL DEFAULT '', flank TEXT NOT NULL DEFAULT '', species TEXT NOT NULL DEFAULT '',
         station TEXT NOT NULL DEFAULT '', latitude REAL, longitude REAL, taken TEXT, box TEXT NOT NULL DEFAULT '',
         state TEXT NOT NULL DEFAULT 'waits', why TEXT NOT NULL DEFAULT '', sighting TEXT NOT NULL DEFAULT '');
INSERT INTO "collection_row" VALUES(1,1,1,'South/IMG_0000.JPG','','','','','South',-23.5,31.4,NULL,'','waits','','');
CREATE TABLE crash (
         media_uid TEXT NOT NULL, stage TEXT NOT NULL, times INTEGER NOT NULL, last_at TEXT NOT NULL,
         PRIMARY KEY (media_uid, stage)) WITHOUT ROWID;
INSERT INTO "crash" VALUES('01a8ff14b9ad8dd2','read',1,'2026-11-21T09:00:00+00:00');
CREATE TABLE decision (
         id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
         a TEXT, b TEXT, target TEXT, reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL,
         seconds REAL, evidence TEXT NOT NULL DEFAULT '{}', CHECK (b IS NULL OR a < b));
INSERT INTO "decision" VALUES(1,'answer-0000','same','ab3e83d1eccb7b6f','e52e09d03b48d7a8',NULL,1,'2026-11-21T08:15:41.531+00:00',2.5,'{"anchor": "e52e09d03b48d7a8"}');
INSERT INTO "decision" VALUES(2,'answer-0001','same','6645bca0e7635af3','73bfda2fb7b69a38',NULL,1,'2026-11-21T08:15:41.532+00:00',2.5,'{"anchor": "6645bca0e7635af3"}');
INSERT INTO "decision" VALUES(3,'answer-0002','new','ecfcaf361050272d',NULL,NULL,1,'2026-11-21T08:15:41.532+00:00',2.5,'{"anchor": "ecfcaf361050272d"}');
INSERT INTO "decision" VALUES(4,'answer-0003','same','6645bca0e7635af3','ab3e83d1eccb7b6f',NULL,1,'2026-11-21T08:15:41.533+00:00',2.5,'{"anchor": "ab3e83d1eccb7b6f"}');
INSERT INTO "decision" VALUES(5,'answer-0004','different','e52e09d03b48d7a8','ecfcaf361050272d',NULL,1,'2026-11-21T08:15:41.534+00:00',2.5,'{"anchor": "e52e09d03b48d7a8"}');
INSERT INTO "decision" VALUES(6,'answer-0005','same','3f9592c991d48041','4332ba751a0ad8c7',NULL,1,'2026-11-21T08:15:41.534+00:00',2.5,'{"anchor": "4332ba751a0ad8c7"}');
INSERT INTO "decision" VALUES(7,'answer-0006','undo',NULL,NULL,'answer-0005',2,'2026-11-21T08:15:41.535+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(8,'answer-0007','same','3f9592c991d48041','eac912bbbbd40ec9',NULL,1,'2026-11-21T08:15:41.536+00:00',2.5,'{"anchor": "3f9592c991d48041"}');
INSERT INTO "decision" VALUES(9,'answer-0008','cannot_tell','781dec0285eee373','eac912bbbbd40ec9',NULL,1,'2026-11-21T08:15:41.536+00:00',2.5,'{"anchor": "eac912bbbbd40ec9"}');
INSERT INTO "decision" VALUES(10,'answer-0009','not_comparable','781dec0285eee373','c90b5a3d9cf4020a',NULL,1,'2026-11-21T08:15:41.537+00:00',2.5,'{"anchor": "781dec0285eee373"}');
INSERT INTO "decision" VALUES(11,'answer-0010','unusable','7627f1f5eb402da3',NULL,NULL,1,'2026-11-21T08:15:41.537+00:00',2.5,'{"anchor": "7627f1f5eb402da3"}');
INSERT INTO "decision" VALUES(12,'answer-0011','same','73bfda2fb7b69a38','781dec0285eee373',NULL,1,'2026-11-21T08:15:41.538+00:00',2.5,'{"anchor": "73bfda2fb7b69a38"}');
INSERT INTO "decision" VALUES(13,'answer-0012','undo',NULL,NULL,'answer-0011',2,'2026-11-21T08:15:41.538+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(14,'answer-0013','undo',NULL,NULL,'answer-0010',2,'2026-11-21T08:15:41.539+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(15,'answer-0014','unusable','7627f1f5eb402da3',NULL,NULL,1,'2026-11-21T08:15:41.540+00:00',2.5,'{"anchor": "7627f1f5eb402da3"}');
INSERT INTO "decision" VALUES(16,'answer-0015','same','09b4d1cf637621fa','c90b5a3d9cf4020a',NULL,1,'2026-11-21T08:15:41.540+00:00',2.5,'{"anchor": "c90b5a3d9cf4020a"}');
INSERT INTO "decision" VALUES(17,'answer-0016','undo',NULL,NULL,'answer-0015',2,'2026-11-21T08:15:41.541+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(18,'answer-0017','same','4332ba751a0ad8c7','c90b5a3d9cf4020a',NULL,1,'2026-11-21T08:15:41.542+00:00',2.5,'{"anchor": "c90b5a3d9cf4020a"}');
INSERT INTO "decision" VALUES(19,'answer-0018','new','db7b828020317196',NULL,NULL,1,'2026-11-21T08:15:41.542+00:00',2.5,'{"anchor": "db7b828020317196"}');
INSERT INTO "decision" VALUES(20,'answer-0019','undo',NULL,NULL,'answer-0018',2,'2026-11-21T08:15:41.543+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(21,'answer-0020','flank','e52e09d03b48d7a8',NULL,NULL,1,'2026-11-21T08:15:41.544+00:00',NULL,'{"anchor": "e52e09d03b48d7a8", "comparison": "ecfcaf361050272d", "flank": "right", "was": {"by": "", "flank": "unknown", "score": null}}');
INSERT INTO "decision" VALUES(22,'answer-0021','flank','ab3e83d1eccb7b6f',NULL,NULL,1,'2026-11-21T08:15:41.545+00:00',NULL,'{"anchor": "ab3e83d1eccb7b6f", "comparison": "ecfcaf361050272d", "flank": "left", "was": {"by": "", "flank": "left", "score": null}}');
INSERT INTO "decision" VALUES(23,'answer-0022','flank','ab3e83d1eccb7b6f',NULL,NULL,1,'2026-11-21T08:15:41.546+00:00',NULL,'{"anchor": "ab3e83d1eccb7b6f", "comparison": "ecfcaf361050272d", "flank": "right", "was": {"by": "person", "flank": "left", "score": null}}');
INSERT INTO "decision" VALUES(24,'answer-0023','undo',NULL,NULL,'answer-0022',2,'2026-11-21T08:15:41.546+00:00',NULL,'{}');
INSERT INTO "decision" VALUES(25,'describe-1','describe','6645bca0e7635af3',NULL,NULL,1,'2026-11-21T17:25:40.406+00:00',NULL,'{"facts": {"name": "\u00dcnaxa", "sex": "female"}}');
INSERT INTO "decision" VALUES(26,'describe-2','describe','3f9592c991d48041',NULL,NULL,1,'2026-11-21T17:25:40.406+00:00',NULL,'{"facts": {"age": "adult"}}');
INSERT INTO "decision" VALUES(27,'merge-1','merge','3f9592c991d48041','c90b5a3d9cf4020a',NULL,1,'2026-11-21T17:25:40.407+00:00',NULL,'{"anchor": "3f9592c991d48041"}');
INSERT INTO "decision" VALUES(28,'split-1','split','e52e09d03b48d7a8',NULL,NULL,2,'2026-11-21T17:25:40.408+00:00',NULL,'{"cut": ["answer-0000"], "out": ["e52e09d03b48d7a8"], "stay": ["6645bca0e7635af3", "73bfda2fb7b69a38", "ab3e83d1eccb7b6f"]}');
INSERT INTO "decision" VALUES(29,'back-1','undo',NULL,NULL,'merge-1',2,'2026-11-21T17:25:40.409+00:00',NULL,'{}');
CREATE TABLE deployment (
         id INTEGER PRIMARY KEY, station_id INTEGER NOT NULL REFERENCES station(id), camera TEXT NOT NULL DEFAULT '',
         starts_at TEXT, ends_at TEXT, told_by TEXT NOT NULL DEFAULT '', source_uid TEXT, zone_minutes INTEGER,
         UNIQUE (station_id, camera, starts_at));
INSERT INTO "deployment" VALUES(1,1,'A','2026-02-01','2026-06-30','table',NULL,NULL);
INSERT INTO "deployment" VALUES(2,1,'B',NULL,'2026-06-30','table',NULL,NULL);
INSERT INTO "deployment" VALUES(3,2,'',NULL,NULL,'photographs',NULL,NULL);
CREATE TABLE embedding (
         encoder_id INTEGER NOT NULL REFERENCES encoder(id), sighting_id INTEGER NOT NULL REFERENCES sighting(id),
         shard INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (encoder_id, sighting_id)) WITHOUT ROWID;
CREATE TABLE encoder (
         id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, name TEXT NOT NULL, dim INTEGER NOT NULL);
CREATE TABLE export (
         id INTEGER PRIMARY KEY, written_at TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL,
         individuals INTEGER NOT NULL, files INTEGER NOT NULL, last_decision INTEGER NOT NULL);
CREATE TABLE exported_file (
         folder TEXT NOT NULL, relpath TEXT NOT NULL COLLATE NOCASE, sighting_uid TEXT NOT NULL, code TEXT NOT NULL,
         PRIMARY KEY (folder, relpath)) WITHOUT ROWID;
CREATE TABLE frame_answer (
         id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, media_uid TEXT NOT NULL, boxes TEXT NOT NULL,
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL, seconds REAL);
INSERT INTO "frame_answer" VALUES(1,'frame-0001','a96d1888c6731ed5','[[0.1, 0.1, 0.5, 0.5], [0.7, 0.2, 0.2, 0.3]]',1,'2026-11-21T08:15:41.551+00:00',NULL);
INSERT INTO "frame_answer" VALUES(2,'frame-0002','ca2a324d05ee7f52','[[0.0, 0.0, 1.0, 1.0]]',1,'2026-11-21T08:15:41.552+00:00',NULL);
CREATE TABLE identity (
         sighting_uid TEXT PRIMARY KEY, individual_id INTEGER NOT NULL REFERENCES individual(id)) WITHOUT ROWID;
INSERT INTO "identity" VALUES('6645bca0e7635af3',1);
INSERT INTO "identity" VALUES('73bfda2fb7b69a38',1);
INSERT INTO "identity" VALUES('ab3e83d1eccb7b6f',1);
INSERT INTO "identity" VALUES('ecfcaf361050272d',3);
INSERT INTO "identity" VALUES('3f9592c991d48041',4);
INSERT INTO "identity" VALUES('eac912bbbbd40ec9',4);
INSERT INTO "identity" VALUES('4332ba751a0ad8c7',6);
INSERT INTO "identity" VALUES('c90b5a3d9cf4020a',6);
INSERT INTO "identity" VALUES('e52e09d03b48d7a8',8);
CREATE TABLE individual (
         id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE COLLATE NOCASE,
         born_of INTEGER NOT NULL REFERENCES decision(id), name TEXT, facts TEXT NOT NULL DEFAULT '{}');
INSERT INTO "individual" VALUES(1,1,'leopard_1',1,'Ünaxa','{"name": "Ünaxa", "sex": "female"}');
INSERT INTO "individual" VALUES(2,2,'leopard_2',2,NULL,'{}');
INSERT INTO "individual" VALUES(3,3,'leopard_3',3,NULL,'{}');
INSERT INTO "individual" VALUES(4,4,'leopard_4',6,NULL,'{"age": "adult"}');
INSERT INTO "individual" VALUES(5,5,'leopard_5',16,NULL,'{}');
INSERT INTO "individual" VALUES(6,6,'leopard_6',18,NULL,'{}');
INSERT INTO "individual" VALUES(7,7,'leopard_7',19,NULL,'{}');
INSERT INTO "individual" VALUES(8,8,'leopard_8',28,NULL,'{}');
CREATE TABLE job (
         id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
         progress TEXT NOT NULL DEFAULT '{}', sentence TEXT NOT NULL DEFAULT '', advice TEXT NOT NULL DEFAULT '',
         result TEXT NOT NULL DEFAULT '{}');
CREATE TABLE ledger_merge (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL, title TEXT NOT NULL,
         merged_at TEXT NOT NULL, taken INTEGER NOT NULL, known INTEGER NOT NULL, report TEXT NOT NULL DEFAULT '{}');
INSERT INTO "ledger_merge" VALUES(1,'m1','other','Other laptop','2026-05-01T10:00:00Z',3,2,'{}');
CREATE TABLE media (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, root_id INTEGER NOT NULL REFERENCES root(id),
         relpath TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, sha256 TEXT,
         kind TEXT NOT NULL DEFAULT 'picture', parent_id INTEGER REFERENCES media(id),
         width INTEGER, height INTEGER, captured_at TEXT, time_source TEXT,
         station_id INTEGER REFERENCES station(id), camera TEXT NOT NULL DEFAULT '', make TEXT, model TEXT, serial TEXT,
         visit INTEGER, state TEXT NOT NULL DEFAULT 'found', problem TEXT, problem_detail TEXT, station_by TEXT NOT NULL DEFAULT '', small_seal TEXT, clock_at TEXT, deployment_id INTEGER REFERENCES deployment(id), deployment_by TEXT NOT NULL DEFAULT '', gps_latitude REAL, gps_longitude REAL, seconds REAL, at_ms INTEGER, said_species TEXT NOT NULL DEFAULT '', said_by TEXT NOT NULL DEFAULT '',
         UNIQUE (root_id, relpath));
INSERT INTO "media" VALUES(1,'e7da20f159157c7b',1,'South/IMG_0000.JPG',1000,1700000000000000000,'0000000000000000000000000000000000000000000000000000000000000000','picture',NULL,640,480,'2026-03-01T06:00:00','exif',1,'',NULL,NULL,NULL,1,'animal',NULL,NULL,'',NULL,'2026-03-01T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(2,'e63316b223a9e74f',1,'North/IMG_0001.JPG',1001,1700000000000000001,'0000000000000000000000000000000000000000000000000000000000000001','picture',NULL,640,480,'2026-03-02T07:00:00','exif',2,'',NULL,NULL,NULL,7,'animal',NULL,NULL,'',NULL,'2026-03-02T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(3,'f349276877697b1a',1,'South/IMG_0002.JPG',1002,1700000000000000002,'0000000000000000000000000000000000000000000000000000000000000002','picture',NULL,640,480,'2026-03-03T06:00:00','exif',1,'',NULL,NULL,NULL,2,'animal',NULL,NULL,'',NULL,'2026-03-03T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(4,'32ad8d9ee5330cf0',1,'North/IMG_0003.JPG',1003,1700000000000000003,'0000000000000000000000000000000000000000000000000000000000000003','picture',NULL,640,480,'2026-03-04T07:00:00','exif',2,'',NULL,NULL,NULL,8,'animal',NULL,NULL,'',NULL,'2026-03-04T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(5,'37dbfed9ade0edfe',1,'South/IMG_0004.JPG',1004,1700000000000000004,'0000000000000000000000000000000000000000000000000000000000000004','picture',NULL,640,480,'2026-03-05T06:00:00','exif',1,'',NULL,NULL,NULL,3,'animal',NULL,NULL,'',NULL,'2026-03-05T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(6,'01a8ff14b9ad8dd2',1,'North/IMG_0005.JPG',1005,1700000000000000005,'0000000000000000000000000000000000000000000000000000000000000005','picture',NULL,640,480,'2026-03-06T07:00:00','exif',2,'',NULL,NULL,NULL,9,'animal',NULL,NULL,'',NULL,'2026-03-06T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(7,'2eb4db3b417822cd',1,'South/IMG_0006.JPG',1006,1700000000000000006,'0000000000000000000000000000000000000000000000000000000000000006','picture',NULL,640,480,'2026-03-07T06:00:00','exif',1,'',NULL,NULL,NULL,4,'animal',NULL,NULL,'',NULL,'2026-03-07T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(8,'0b762385c6137531',1,'North/IMG_0007.JPG',1007,1700000000000000007,'0000000000000000000000000000000000000000000000000000000000000007','picture',NULL,640,480,'2026-03-08T07:00:00','exif',2,'',NULL,NULL,NULL,10,'animal',NULL,NULL,'',NULL,'2026-03-08T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(9,'b4c33c173445c453',1,'South/IMG_0008.JPG',1008,1700000000000000008,'0000000000000000000000000000000000000000000000000000000000000008','picture',NULL,640,480,'2026-03-09T06:00:00','exif',1,'',NULL,NULL,NULL,5,'animal',NULL,NULL,'',NULL,'2026-03-09T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(10,'ca2a324d05ee7f52',1,'North/IMG_0009.JPG',1009,1700000000000000009,'0000000000000000000000000000000000000000000000000000000000000009','picture',NULL,640,480,'2026-03-10T07:00:00','exif',2,'',NULL,NULL,NULL,11,'animal',NULL,NULL,'',NULL,'2026-03-10T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(11,'a96d1888c6731ed5',1,'South/IMG_0010.JPG',1010,1700000000000000010,'000000000000000000000000000000000000000000000000000000000000000a','picture',NULL,640,480,'2026-03-11T06:00:00','exif',1,'',NULL,NULL,NULL,6,'animal',NULL,NULL,'',NULL,'2026-03-11T06:00:00',NULL,'',NULL,NULL,NULL,NULL,'','');
INSERT INTO "media" VALUES(12,'74d7b2aa2c8fd67f',1,'North/IMG_0011.JPG',1011,1700000000000000011,'000000000000000000000000000000000000000000000000000000000000000b','picture',NULL,640,480,'2026-03-12T07:00:00','exif',2,'',NULL,NULL,NULL,12,'animal',NULL,NULL,'',NULL,'2026-03-12T06:00:00',3,'',NULL,NULL,NULL,NULL,'','');
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "note" VALUES('project_id','8fc79b861f9e3c30');
INSERT INTO "note" VALUES('project_title','p');
INSERT INTO "note" VALUES('review_anchor','ab3e83d1eccb7b6f');
INSERT INTO "note" VALUES('settled_first','2026-11-21T20:35:35.430+00:00');
CREATE TABLE outage (
         id INTEGER PRIMARY KEY, deployment_id INTEGER NOT NULL REFERENCES deployment(id), starts_at TEXT NOT NULL,
         ends_at TEXT, reason TEXT NOT NULL DEFAULT '');
CREATE TABLE recognition (
         id INTEGER PRIMARY KEY, collection_id INTEGER NOT NULL REFERENCES collection(id),
         media_id INTEGER NOT NULL REFERENCES media(id), boxes TEXT NOT NULL, species TEXT NOT NULL DEFAULT '',
         species_score REAL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE reviewer (id INTEGER PRIMARY KEY, initials TEXT NOT NULL UNIQUE COLLATE NOCASE);
INSERT INTO "reviewer" VALUES(1,'AB');
INSERT INTO "reviewer" VALUES(2,'CD');
CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
INSERT INTO "root" VALUES(1,'/survey/cards');
CREATE TABLE sighting (
         id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, media_id INTEGER NOT NULL REFERENCES media(id),
         x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL, score REAL NOT NULL,
         boxed_by TEXT NOT NULL, how TEXT NOT NULL DEFAULT '', species TEXT NOT NULL DEFAULT '',
         flank TEXT NOT NULL DEFAULT 'unknown', quality REAL, recipe TEXT, cut_by TEXT, cut_score REAL,
         state TEXT NOT NULL DEFAULT 'detected', problem TEXT, flank_score REAL, flank_lean REAL, flank_by TEXT NOT NULL DEFAULT '', seal TEXT, species_score REAL, species_by TEXT NOT NULL DEFAULT '');
INSERT INTO "sighting" VALUES(1,'e52e09d03b48d7a8',1,0.0,0.0,1.0,1.0,0.9,'test','by hand','leopard','right',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'person','0123456789abcdef',NULL,'profile');
INSERT INTO "sighting" VALUES(2,'ab3e83d1eccb7b6f',2,0.0,0.0,1.0,1.0,0.9,'test','by hand','leopard','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'person',NULL,NULL,'profile');
INSERT INTO "sighting" VALUES(3,'6645bca0e7635af3',3,0.0,0.0,1.0,1.0,0.9,'test','by hand','leopard','unknown',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'profile');
INSERT INTO "sighting" VALUES(4,'73bfda2fb7b69a38',4,0.0,0.0,1.0,1.0,0.9,'test','by hand','','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(5,'ecfcaf361050272d',5,0.0,0.0,1.0,1.0,0.9,'test','by hand','','unknown',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(6,'4332ba751a0ad8c7',6,0.0,0.0,1.0,1.0,0.9,'test','by hand','','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(7,'3f9592c991d48041',7,0.0,0.0,1.0,1.0,0.9,'test','by hand','','unknown',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(8,'eac912bbbbd40ec9',8,0.0,0.0,1.0,1.0,0.9,'test','by hand','','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(9,'781dec0285eee373',9,0.0,0.0,1.0,1.0,0.9,'test','by hand','','unknown',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(10,'c90b5a3d9cf4020a',10,0.0,0.0,1.0,1.0,1.0,'person','person','','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(11,'7627f1f5eb402da3',11,0.0,0.0,1.0,1.0,0.9,'test','by hand','','unknown',NULL,'test',NULL,NULL,'withdrawn',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(12,'09b4d1cf637621fa',12,0.0,0.0,0.4,1.0,0.9,'test','by hand','','left',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(13,'db7b828020317196',12,0.55,0.1,0.4,0.8,0.9,'test','by hand','','unknown',NULL,'test',NULL,NULL,'embedded',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(14,'d3062d64f72ea98f',11,0.1,0.1,0.5,0.5,1.0,'person','person','','unknown',NULL,NULL,NULL,NULL,'detected',NULL,NULL,NULL,'',NULL,NULL,'');
INSERT INTO "sighting" VALUES(15,'f352b1c6df2269c4',11,0.7,0.2,1.99999999999999955591e-01,0.3,1.0,'person','person','','unknown',NULL,NULL,NULL,NULL,'detected',NULL,NULL,NULL,'',NULL,NULL,'');
CREATE TABLE station (
         id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, latitude REAL, longitude REAL, sensitive INTEGER NOT NULL DEFAULT 1, placed_by TEXT NOT NULL DEFAULT '');
INSERT INTO "station" VALUES(1,'South',-23.5,31.4,1,'');
INSERT INTO "station" VALUES(2,'North',-23.25,31.5,0,'person');
INSERT INTO "station" VALUES(3,'East',NULL,NULL,1,'');
CREATE TABLE strip (
         media_id INTEGER PRIMARY KEY REFERENCES media(id), card TEXT NOT NULL, sha256 TEXT NOT NULL, seen TEXT,
         state TEXT NOT NULL DEFAULT '', taken TEXT, camera TEXT NOT NULL DEFAULT '', before TEXT);
CREATE TABLE strip_word (
         id INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, said TEXT NOT NULL,
         day_order TEXT NOT NULL DEFAULT '',
         reviewer_id INTEGER REFERENCES reviewer(id), made_at TEXT NOT NULL);
CREATE TABLE survey (id INTEGER PRIMARY KEY, title TEXT NOT NULL, starts_at TEXT, ends_at TEXT, occasion_days INTEGER NOT NULL DEFAULT 1);
INSERT INTO "survey" VALUES(1,'Dry season','2026-03-01','2026-03-31',5);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX media_by_state ON media (state, id);
CREATE INDEX media_by_station ON media (station_id, captured_at);
CREATE INDEX media_by_sha256 ON media (sha256);
CREATE INDEX sighting_by_media ON sighting (media_id);
CREATE INDEX sighting_by_state ON sighting (state, id);
CREATE UNIQUE INDEX embedding_by_row ON embedding (encoder_id, shard, row);
CREATE INDEX decision_by_target ON decision (target);
CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision
         BEGIN SELECT RAISE(ABORT, 'answers are never rewritten'); END;
CREATE TRIGGER decision_stays BEFORE DELETE ON decision
         BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END;
CREATE INDEX identity_by_individual ON identity (individual_id);
CREATE INDEX frame_answer_by_media ON frame_answer (media_uid, id);
CREATE TRIGGER frame_answer_is_final BEFORE UPDATE ON frame_answer
         BEGIN SELECT RAISE(ABORT, 'answers are never rewritten'); END;
CREATE TRIGGER frame_answer_stays BEFORE DELETE ON frame_answer
         BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END;
CREATE INDEX media_by_parent ON media (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX media_by_deployment ON media (deployment_id);
CREATE INDEX clock_word_by_deployment ON clock_word (deployment_id, id);
CREATE INDEX collection_row_by_file ON collection_row (root_id, relpath);
CREATE INDEX collection_row_by_state ON collection_row (collection_id, state, id);
CREATE INDEX collection_row_by_name ON collection_row (collection_id, name, id);
CREATE INDEX decision_on_flank ON decision (a, id) WHERE kind = 'flank';
CREATE INDEX recognition_by_media ON recognition (media_id, id);
CREATE INDEX strip_by_card ON strip (card, state);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('decision',29);
INSERT INTO "sqlite_sequence" VALUES('frame_answer',2);
INSERT INTO "sqlite_sequence" VALUES('clock_word',1);
COMMIT;
PRAGMA application_id = 1397772116;
PRAGMA user_version = 5;
