BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0019');
CREATE TABLE assistant_token (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	label VARCHAR(16) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	made_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_assistant_token PRIMARY KEY (workspace_id, member_id, label), 
	CONSTRAINT fk_assistant_token_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE audit (
	workspace_id VARCHAR(32) NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	act VARCHAR(24) NOT NULL, 
	admin_id VARCHAR(32), 
	on_member VARCHAR(32), 
	subject VARCHAR(80), 
	CONSTRAINT pk_audit PRIMARY KEY (workspace_id, id)
);
INSERT INTO "audit" VALUES('T01NORTHWIND','03f9a3c274f5cb73544ebdfb','2026-12-01 11:00:05.567001','challenge posted','U01NORA',NULL,'23ea7ac89d905157');
CREATE TABLE challenge (
	workspace_id VARCHAR(32) NOT NULL, 
	challenge_id VARCHAR(16) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	started_by VARCHAR(32), 
	template VARCHAR(80), 
	title VARCHAR(80) NOT NULL, 
	task VARCHAR(2000) NOT NULL, 
	done_when VARCHAR(200) NOT NULL, 
	minutes SMALLINT, 
	skill VARCHAR(80), 
	question VARCHAR(200), 
	channel VARCHAR(32) NOT NULL, 
	starts_at DATETIME, 
	ends_at DATETIME NOT NULL, 
	private BOOLEAN DEFAULT 1 NOT NULL, 
	postings SMALLINT NOT NULL, 
	ts VARCHAR(32), 
	shown VARCHAR(64), 
	update_after DATETIME, joined_before INTEGER DEFAULT '0' NOT NULL, done_before INTEGER DEFAULT '0' NOT NULL, team_id VARCHAR(16), recap_ts VARCHAR(32), revision INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_challenge PRIMARY KEY (workspace_id, challenge_id)
);
INSERT INTO "challenge" VALUES('T01NORTHWIND','23ea7ac89d905157','open','U01NORA','one-prompt-change-behind-a-flag','Ship one prompt change behind a flag','Pick one prompt in production. Change one thing in it, put the change behind a flag, and compare ten answers by hand, old beside new.','the flag is on for your team, and you can name one answer that got better and one that got worse.',45,'ship-in-days','Which answer got better, and which got worse?','C02PLATFORM','2026-12-01 11:00:05.567001','2026-12-08 11:00:04.000000',0,1,'1796122804.961732','open:2:1','2026-12-01 11:01:10.742983',0,0,NULL,NULL,0);
CREATE TABLE "coach_admin" (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	added_by VARCHAR(32), 
	added_at DATETIME NOT NULL, 
	asked_at DATETIME, 
	CONSTRAINT pk_coach_admin PRIMARY KEY (workspace_id, member_id)
);
CREATE TABLE delivery (
	workspace_id VARCHAR(32) NOT NULL, 
	"key" VARCHAR(120) NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	member_id VARCHAR(32), 
	channel VARCHAR(32), 
	week VARCHAR(8), 
	thread VARCHAR(32), 
	reason VARCHAR(80), 
	state VARCHAR(12) NOT NULL, 
	due_at DATETIME NOT NULL, 
	try_at DATETIME NOT NULL, 
	window_ends_at DATETIME NOT NULL, 
	attempts SMALLINT NOT NULL, 
	claim_token VARCHAR(32), 
	lease_until DOUBLE, 
	started_at DATETIME, 
	ts VARCHAR(32), 
	ended_at DATETIME, subject TEXT, 
	CONSTRAINT pk_delivery PRIMARY KEY (workspace_id, "key"), 
	CONSTRAINT fk_delivery_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "delivery" VALUES('T01NORTHWIND','welcome:U02EMIL:20261130T090004','537a4164babe26840da84b12','welcome','U02EMIL','D02EMIL',NULL,NULL,NULL,'sent','2026-11-30 09:00:04.969607','2026-11-30 09:00:04.969607','2026-12-01 08:30:00.000000',0,'b5fcc06f07cb0c0c1f657716',1.79613314105098748e+09,'2026-11-30 09:00:05.093702','1796029204.442642','2026-11-30 09:00:05.113860',NULL);
INSERT INTO "delivery" VALUES('T01NORTHWIND','nudge:U02EMIL:2026-W49','c4cfe5f9fecbc4fe57d35a0f','nudge','U02EMIL','D02EMIL','2026-W49',NULL,NULL,'sent','2026-12-01 08:30:00.000000','2026-12-01 11:00:05.419583','2026-12-04 19:00:00.000000',0,'bedb11d3bec563b34be4ab75',1.79613314143300104e+09,'2026-12-01 11:00:05.444313','1796122804.786685','2026-12-01 11:00:05.458115','{"tip":"part-it-never-read"}');
INSERT INTO "delivery" VALUES('T01NORTHWIND','challenge:23ea7ac89d905157:1','19167b9b44678d5835092434','challenge',NULL,'C02PLATFORM',NULL,NULL,NULL,'sent','2026-12-01 11:00:05.567001','2026-12-01 11:00:05.567001','2026-12-08 11:00:04.000000',0,'a03278c68bcbfc730717362a',1.79613314161698722e+09,'2026-12-01 11:00:05.628562','1796122804.961732','2026-12-01 11:00:05.632822','{"challenge_id":"23ea7ac89d905157"}');
CREATE TABLE entry (
	workspace_id VARCHAR(32) NOT NULL, 
	challenge_id VARCHAR(16) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	entry_id VARCHAR(16) NOT NULL, 
	joined_at DATETIME NOT NULL, 
	done_at DATETIME, 
	line VARCHAR(300), 
	sharing VARCHAR(8), goes_on BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (workspace_id, challenge_id, member_id), 
	CONSTRAINT fk_entry_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "entry" VALUES('T01NORTHWIND','23ea7ac89d905157','U02EMIL','ce1b332ce3b61296','2026-12-01 11:00:05.651111',NULL,NULL,NULL,0);
INSERT INTO "entry" VALUES('T01NORTHWIND','23ea7ac89d905157','U03ASHA','75e5ab15f1d77904','2026-12-01 11:00:05.665320','2026-12-01 11:00:05.678784','Twenty answers, two got worse.','named',0);
CREATE TABLE event_seen (
	workspace_id VARCHAR(32) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_event_seen PRIMARY KEY (workspace_id, event_id)
);
CREATE TABLE heartbeat (
	id SMALLINT NOT NULL, 
	written_at DATETIME NOT NULL, 
	CONSTRAINT pk_heartbeat PRIMARY KEY (id)
);
CREATE TABLE installation (
	workspace_id VARCHAR(32) NOT NULL, 
	enterprise_id VARCHAR(32), 
	app_id VARCHAR(32), 
	bot_user VARCHAR(32), 
	scopes VARCHAR(500), 
	token VARCHAR(1000), 
	refresh_token VARCHAR(1000), 
	key_id VARCHAR(16), 
	expires_at DATETIME, 
	installed_by VARCHAR(32), 
	installed_at DATETIME, 
	revoked_at DATETIME, 
	refresh_claim VARCHAR(32), 
	refresh_until DOUBLE, looked_at DATETIME, refused_at DATETIME, gone_since DATETIME, 
	CONSTRAINT pk_installation PRIMARY KEY (workspace_id)
);
CREATE TABLE lab_solved (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	lab VARCHAR(80) NOT NULL, 
	solved_at DATETIME NOT NULL, 
	CONSTRAINT pk_lab_solved PRIMARY KEY (workspace_id, member_id, lab), 
	CONSTRAINT fk_lab_solved_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE "lead" (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	team_id VARCHAR(16) NOT NULL, 
	yes BOOLEAN, 
	answered_at DATETIME, 
	next_at DATETIME, 
	turn SMALLINT NOT NULL, 
	asked_at DATETIME, dm_channel VARCHAR(32), 
	CONSTRAINT pk_lead PRIMARY KEY (workspace_id, member_id)
);
CREATE TABLE member (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	role VARCHAR(80), 
	level VARCHAR(8), 
	zone VARCHAR(64), 
	met_at DATETIME NOT NULL, 
	profile_at DATETIME, 
	left_at DATETIME, reports_since DATETIME, reports SMALLINT DEFAULT '0' NOT NULL, singles_only BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_member PRIMARY KEY (workspace_id, member_id)
);
INSERT INTO "member" VALUES('T01NORTHWIND','U02EMIL','devops-engineer',NULL,'Europe/Berlin','2026-11-30 09:00:04.915877','2026-12-01 11:00:05.318909',NULL,NULL,0,1);
INSERT INTO "member" VALUES('T01NORTHWIND','U01NORA',NULL,NULL,'America/New_York','2026-12-01 11:00:05.540703','2026-12-01 11:00:05.540703',NULL,NULL,0,0);
INSERT INTO "member" VALUES('T01NORTHWIND','U03ASHA',NULL,NULL,'Asia/Kolkata','2026-12-01 11:00:05.666347','2026-12-01 11:00:05.666347',NULL,NULL,0,0);
CREATE TABLE "plan" (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	tip VARCHAR(80) NOT NULL, 
	plan_id VARCHAR(16) NOT NULL, 
	at DATETIME NOT NULL, 
	cue VARCHAR(80), 
	made_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_plan PRIMARY KEY (workspace_id, member_id, tip), 
	CONSTRAINT fk_plan_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE practice (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	tip VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	step VARCHAR(12) NOT NULL, 
	blocker VARCHAR(10), 
	line VARCHAR(300), 
	readers VARCHAR(8), 
	line_id VARCHAR(16), 
	judged VARCHAR(8), 
	CONSTRAINT pk_practice PRIMARY KEY (workspace_id, member_id, tip, at), 
	CONSTRAINT fk_practice_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "practice" VALUES('T01NORTHWIND','U02EMIL','part-it-never-read','2026-12-01 11:00:05.489339','done',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE project (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	offered_at DATETIME, 
	begun_at DATETIME, 
	left_at DATETIME, 
	ended_at DATETIME, parked_at DATETIME, 
	CONSTRAINT pk_project PRIMARY KEY (workspace_id, member_id, slug), 
	CONSTRAINT fk_project_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE quiz (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	asking VARCHAR(120) NOT NULL, 
	check_id VARCHAR(80) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	due BOOLEAN NOT NULL, 
	asked_at DATETIME NOT NULL, 
	answered_at DATETIME, 
	chosen SMALLINT, 
	"right" BOOLEAN, 
	CONSTRAINT pk_quiz PRIMARY KEY (workspace_id, member_id, asking), 
	CONSTRAINT fk_quiz_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE schedule (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	consent VARCHAR(8) NOT NULL, 
	consented_at DATETIME, 
	weekday SMALLINT NOT NULL, 
	minute SMALLINT NOT NULL, 
	zone VARCHAR(64), 
	zone_is_own BOOLEAN NOT NULL, 
	paused_until DATETIME, 
	next_due_at DATETIME, 
	every SMALLINT DEFAULT '1' NOT NULL, 
	short BOOLEAN DEFAULT 0 NOT NULL, 
	unanswered SMALLINT DEFAULT '0' NOT NULL, 
	nudged_at DATETIME, 
	is_back BOOLEAN DEFAULT 0 NOT NULL, 
	dm_channel VARCHAR(32), 
	CONSTRAINT pk_schedule PRIMARY KEY (workspace_id, member_id), 
	CONSTRAINT fk_schedule_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "schedule" VALUES('T01NORTHWIND','U02EMIL','yes','2026-11-30 09:00:04.969607',1,570,'Europe/Berlin',0,NULL,'2026-12-08 08:30:00.000000',1,0,0,'2026-12-01 08:30:00.000000',0,'D02EMIL');
CREATE TABLE showing (
	workspace_id VARCHAR(32) NOT NULL, 
	showing_id VARCHAR(16) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	seen_at DATETIME, 
	evidence VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_showing PRIMARY KEY (workspace_id, showing_id), 
	CONSTRAINT fk_showing_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE situation (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	need VARCHAR(80) NOT NULL, 
	has BOOLEAN, 
	at DATETIME NOT NULL, 
	tip VARCHAR(80), 
	had BOOLEAN, 
	CONSTRAINT pk_situation PRIMARY KEY (workspace_id, member_id, need), 
	CONSTRAINT fk_situation_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "situation" VALUES('T01NORTHWIND','U03ASHA','code',1,'2026-12-01 11:00:05.678784','23ea7ac89d905157',NULL);
CREATE TABLE skill_history (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	step VARCHAR(8) NOT NULL, 
	CONSTRAINT pk_skill_history PRIMARY KEY (workspace_id, member_id, skill, at), 
	CONSTRAINT fk_skill_history_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "skill_history" VALUES('T01NORTHWIND','U02EMIL','token-usage-and-costs','2026-11-30 09:00:05.276975','learned');
CREATE TABLE skill_mark (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	learned_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_skill_mark PRIMARY KEY (workspace_id, member_id, skill), 
	CONSTRAINT fk_skill_mark_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "skill_mark" VALUES('T01NORTHWIND','U02EMIL','token-usage-and-costs','2026-11-30 09:00:05.276975',NULL);
CREATE TABLE snapshot (
	workspace_id VARCHAR(32) NOT NULL, 
	ended_at DATETIME NOT NULL, 
	figure VARCHAR(80) NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_snapshot PRIMARY KEY (workspace_id, ended_at, figure)
);
CREATE TABLE still (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	tip VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	answer VARCHAR(8) NOT NULL, 
	asking VARCHAR(120) NOT NULL, 
	why VARCHAR(8), 
	CONSTRAINT pk_still PRIMARY KEY (workspace_id, member_id, tip, at), 
	CONSTRAINT fk_still_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE suggestion (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	suggestion_id VARCHAR(16) NOT NULL, 
	template VARCHAR(80), 
	words VARCHAR(200) NOT NULL, 
	made_at DATETIME NOT NULL, started BOOLEAN, 
	CONSTRAINT pk_suggestion PRIMARY KEY (workspace_id, member_id), 
	CONSTRAINT fk_suggestion_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE team (
	workspace_id VARCHAR(32) NOT NULL, 
	team_id VARCHAR(16) NOT NULL, 
	source VARCHAR(32) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	added_at DATETIME NOT NULL, 
	trouble VARCHAR(80), 
	CONSTRAINT pk_team PRIMARY KEY (workspace_id, team_id)
);
CREATE TABLE team_member (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	team_id VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (workspace_id, member_id), 
	CONSTRAINT fk_team_member_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
CREATE TABLE tip_given (
	workspace_id VARCHAR(32) NOT NULL, 
	member_id VARCHAR(32) NOT NULL, 
	tip VARCHAR(80) NOT NULL, 
	times INTEGER NOT NULL, 
	given_at DATETIME NOT NULL, 
	CONSTRAINT pk_tip_given PRIMARY KEY (workspace_id, member_id, tip), 
	CONSTRAINT fk_tip_given_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES member (workspace_id, member_id) ON DELETE CASCADE
);
INSERT INTO "tip_given" VALUES('T01NORTHWIND','U02EMIL','part-it-never-read',1,'2026-12-01 11:00:05.458115');
CREATE TABLE tip_set_aside (
	workspace_id VARCHAR(32) NOT NULL, 
	tip VARCHAR(80) NOT NULL, 
	reason VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_tip_set_aside PRIMARY KEY (workspace_id, tip)
);
CREATE TABLE tombstone (
	workspace_id VARCHAR(32) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	"key" VARCHAR(32) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_tombstone PRIMARY KEY (workspace_id, digest)
);
CREATE TABLE used_state (
	state VARCHAR(64) NOT NULL, 
	until DATETIME NOT NULL, 
	CONSTRAINT pk_used_state PRIMARY KEY (state)
);
CREATE TABLE workspace (
	workspace_id VARCHAR(32) NOT NULL, 
	met_at DATETIME NOT NULL, 
	disconnected_at DATETIME, 
	disconnected_why VARCHAR(80), 
	organisation VARCHAR(32), 
	ask_at DATETIME, 
	refusals INTEGER DEFAULT 0 NOT NULL, 
	refused_at DATETIME, 
	heard_at DATETIME, 
	weekday SMALLINT, 
	minute SMALLINT, 
	zone VARCHAR(64), 
	weekend VARCHAR(7), 
	quiet_from SMALLINT, 
	quiet_to SMALLINT, 
	dm_budget SMALLINT, 
	challenge_channel VARCHAR(32), 
	challenges_by VARCHAR(8), 
	no_figures BOOLEAN, 
	teams_read_at DATETIME, 
	next_send_at DOUBLE, 
	paused_until DOUBLE, 
	next_ask_at DOUBLE, granted_at DATETIME, withdrawn_at DATETIME, counted_until DATETIME, no_assistants BOOLEAN, 
	CONSTRAINT pk_workspace PRIMARY KEY (workspace_id)
);
INSERT INTO "workspace" VALUES('T01NORTHWIND','2026-11-30 09:00:01.353040',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'Europe/Berlin',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1.79613308161608147e+09,NULL,1.79613308215432524e+09,NULL,NULL,'2026-11-29 23:00:00.000000',NULL);
CREATE INDEX ix_workspace_ask_at ON workspace (ask_at);
CREATE INDEX ix_workspace_disconnected_at ON workspace (disconnected_at);
CREATE INDEX ix_workspace_organisation ON workspace (organisation);
CREATE INDEX ix_workspace_teams_read_at ON workspace (teams_read_at);
CREATE INDEX ix_event_seen_seen_at ON event_seen (seen_at);
CREATE INDEX ix_installation_expires_at ON installation (expires_at);
CREATE INDEX ix_used_state_until ON used_state (until);
CREATE INDEX ix_member_left_at ON member (left_at);
CREATE INDEX ix_schedule_next_due_at_workspace_id_member_id ON schedule (next_due_at, workspace_id, member_id);
CREATE UNIQUE INDEX ix_showing_workspace_id_member_id_skill_channel_day ON showing (workspace_id, member_id, skill, channel, day);
CREATE INDEX ix_practice_shared ON practice (workspace_id, tip, at) WHERE readers IS NOT NULL;
CREATE INDEX ix_challenge_state_ends_at ON challenge (state, ends_at);
CREATE INDEX ix_challenge_update_after ON challenge (update_after);
CREATE INDEX ix_entry_workspace_id_member_id ON entry (workspace_id, member_id);
CREATE UNIQUE INDEX ix_team_workspace_id_source ON team (workspace_id, source);
CREATE INDEX ix_delivery_ended_at ON delivery (ended_at);
CREATE INDEX ix_delivery_state_workspace_id_try_at ON delivery (state, workspace_id, try_at);
CREATE INDEX ix_delivery_workspace_id_member_id_week ON delivery (workspace_id, member_id, week);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_audit_workspace_id_at ON audit (workspace_id, at);
CREATE UNIQUE INDEX ix_lead_workspace_id_team_id ON lead (workspace_id, team_id);
CREATE INDEX ix_lead_next_at ON lead (next_at);
CREATE INDEX ix_assistant_token_until ON assistant_token (until);
COMMIT;
