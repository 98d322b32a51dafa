


SELECT pg_catalog.set_config('search_path', '', false);




CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);



CREATE TABLE public.assistant_token (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    label character varying(16) NOT NULL,
    digest character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);



CREATE TABLE public.audit (
    workspace_id character varying(32) NOT NULL,
    id character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    act character varying(24) NOT NULL,
    admin_id character varying(32),
    on_member character varying(32),
    subject character varying(80)
);



CREATE TABLE public.challenge (
    workspace_id character varying(32) NOT NULL,
    challenge_id character varying(16) NOT NULL,
    state character varying(10) NOT NULL,
    started_by character varying(32),
    template character varying(80),
    title character varying(80) NOT NULL,
    task character varying(2000) NOT NULL,
    done_when character varying(200) NOT NULL,
    minutes smallint,
    skill character varying(80),
    question character varying(200),
    channel character varying(32) NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone NOT NULL,
    private boolean DEFAULT true NOT NULL,
    postings smallint NOT NULL,
    ts character varying(32),
    shown character varying(64),
    update_after timestamp with time zone,
    joined_before integer DEFAULT 0 NOT NULL,
    done_before integer DEFAULT 0 NOT NULL,
    team_id character varying(16),
    recap_ts character varying(32),
    revision integer DEFAULT 0 NOT NULL
);



CREATE TABLE public.coach_admin (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    added_by character varying(32),
    added_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone
);



CREATE TABLE public.delivery (
    workspace_id character varying(32) NOT NULL,
    key character varying(120) NOT NULL,
    id character varying(32) NOT NULL,
    kind character varying(16) NOT NULL,
    member_id character varying(32),
    channel character varying(32),
    week character varying(8),
    thread character varying(32),
    reason character varying(80),
    state character varying(12) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    try_at timestamp with time zone NOT NULL,
    window_ends_at timestamp with time zone NOT NULL,
    attempts smallint NOT NULL,
    claim_token character varying(32),
    lease_until double precision,
    started_at timestamp with time zone,
    ts character varying(32),
    ended_at timestamp with time zone,
    subject text
);



CREATE TABLE public.entry (
    workspace_id character varying(32) NOT NULL,
    challenge_id character varying(16) NOT NULL,
    member_id character varying(32) NOT NULL,
    entry_id character varying(16) NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    line character varying(300),
    sharing character varying(8),
    goes_on boolean DEFAULT false NOT NULL
);



CREATE TABLE public.event_seen (
    workspace_id character varying(32) NOT NULL,
    event_id character varying(64) NOT NULL,
    seen_at timestamp with time zone NOT NULL
);



CREATE TABLE public.heartbeat (
    id smallint NOT NULL,
    written_at timestamp with time zone NOT NULL
);



CREATE TABLE public.installation (
    workspace_id character varying(32) NOT NULL,
    enterprise_id character varying(32),
    app_id character varying(32),
    bot_user character varying(32),
    scopes character varying(500),
    token character varying(1000),
    refresh_token character varying(1000),
    key_id character varying(16),
    expires_at timestamp with time zone,
    installed_by character varying(32),
    installed_at timestamp with time zone,
    revoked_at timestamp with time zone,
    refresh_claim character varying(32),
    refresh_until double precision,
    looked_at timestamp with time zone,
    refused_at timestamp with time zone,
    gone_since timestamp with time zone
);



CREATE TABLE public.lab_solved (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    lab character varying(80) NOT NULL,
    solved_at timestamp with time zone NOT NULL
);



CREATE TABLE public.lead (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    team_id character varying(16) NOT NULL,
    yes boolean,
    answered_at timestamp with time zone,
    next_at timestamp with time zone,
    turn smallint NOT NULL,
    asked_at timestamp with time zone,
    dm_channel character varying(32)
);



CREATE TABLE public.member (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    role character varying(80),
    level character varying(8),
    zone character varying(64),
    met_at timestamp with time zone NOT NULL,
    profile_at timestamp with time zone,
    left_at timestamp with time zone,
    reports_since timestamp with time zone,
    reports smallint DEFAULT '0'::smallint NOT NULL,
    singles_only boolean DEFAULT false NOT NULL
);



CREATE TABLE public.plan (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    tip character varying(80) NOT NULL,
    plan_id character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    cue character varying(80),
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);



CREATE TABLE public.practice (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    tip character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL,
    step character varying(12) NOT NULL,
    blocker character varying(10),
    line character varying(300),
    readers character varying(8),
    line_id character varying(16),
    judged character varying(8)
);



CREATE TABLE public.project (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    slug character varying(80) NOT NULL,
    offered_at timestamp with time zone,
    begun_at timestamp with time zone,
    left_at timestamp with time zone,
    ended_at timestamp with time zone,
    parked_at timestamp with time zone
);



CREATE TABLE public.quiz (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    asking character varying(120) NOT NULL,
    check_id character varying(80) NOT NULL,
    skill character varying(80) NOT NULL,
    due boolean NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    chosen smallint,
    "right" boolean
);



CREATE TABLE public.schedule (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    consent character varying(8) NOT NULL,
    consented_at timestamp with time zone,
    weekday smallint NOT NULL,
    minute smallint NOT NULL,
    zone character varying(64),
    zone_is_own boolean NOT NULL,
    paused_until timestamp with time zone,
    next_due_at timestamp with time zone,
    every smallint DEFAULT '1'::smallint NOT NULL,
    short boolean DEFAULT false NOT NULL,
    unanswered smallint DEFAULT '0'::smallint NOT NULL,
    nudged_at timestamp with time zone,
    is_back boolean DEFAULT false NOT NULL,
    dm_channel character varying(32)
);



CREATE TABLE public.showing (
    workspace_id character varying(32) NOT NULL,
    showing_id character varying(16) NOT NULL,
    member_id character varying(32) NOT NULL,
    skill character varying(80) NOT NULL,
    channel character varying(32) NOT NULL,
    day character varying(10) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    evidence character varying(200) NOT NULL
);



CREATE TABLE public.situation (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    need character varying(80) NOT NULL,
    has boolean,
    at timestamp with time zone NOT NULL,
    tip character varying(80),
    had boolean
);



CREATE TABLE public.skill_history (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    skill character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL,
    step character varying(8) NOT NULL
);



CREATE TABLE public.skill_mark (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    skill character varying(80) NOT NULL,
    learned_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);



CREATE TABLE public.snapshot (
    workspace_id character varying(32) NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    figure character varying(80) NOT NULL,
    count integer NOT NULL
);



CREATE TABLE public.still (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    tip character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL,
    answer character varying(8) NOT NULL,
    asking character varying(120) NOT NULL,
    why character varying(8)
);



CREATE TABLE public.suggestion (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    suggestion_id character varying(16) NOT NULL,
    template character varying(80),
    words character varying(200) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    started boolean
);



CREATE TABLE public.team (
    workspace_id character varying(32) NOT NULL,
    team_id character varying(16) NOT NULL,
    source character varying(32) NOT NULL,
    name character varying(80) NOT NULL,
    channel character varying(32) NOT NULL,
    added_at timestamp with time zone NOT NULL,
    trouble character varying(80)
);



CREATE TABLE public.team_member (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    team_id character varying(16) NOT NULL
);



CREATE TABLE public.tip_given (
    workspace_id character varying(32) NOT NULL,
    member_id character varying(32) NOT NULL,
    tip character varying(80) NOT NULL,
    times integer NOT NULL,
    given_at timestamp with time zone NOT NULL
);



CREATE TABLE public.tip_set_aside (
    workspace_id character varying(32) NOT NULL,
    tip character varying(80) NOT NULL,
    reason character varying(80) NOT NULL,
    at timestamp with time zone NOT NULL
);



CREATE TABLE public.tombstone (
    workspace_id character varying(32) NOT NULL,
    digest character varying(64) NOT NULL,
    key character varying(32) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);



CREATE TABLE public.used_state (
    state character varying(64) NOT NULL,
    until timestamp with time zone NOT NULL
);



CREATE TABLE public.workspace (
    workspace_id character varying(32) NOT NULL,
    met_at timestamp with time zone NOT NULL,
    disconnected_at timestamp with time zone,
    disconnected_why character varying(80),
    organisation character varying(32),
    ask_at timestamp with time zone,
    refusals integer DEFAULT 0 NOT NULL,
    refused_at timestamp with time zone,
    heard_at timestamp with time zone,
    weekday smallint,
    minute smallint,
    zone character varying(64),
    weekend character varying(7),
    quiet_from smallint,
    quiet_to smallint,
    dm_budget smallint,
    challenge_channel character varying(32),
    challenges_by character varying(8),
    no_figures boolean,
    teams_read_at timestamp with time zone,
    next_send_at double precision,
    paused_until double precision,
    next_ask_at double precision,
    granted_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    counted_until timestamp with time zone,
    no_assistants boolean
);



INSERT INTO public.alembic_version VALUES ('0019');






INSERT INTO public.audit VALUES ('T01NORTHWIND', 'ef30f87e5d2bf8f7850749ce', '2026-12-01 16:30:05.525331+05:30', 'challenge posted', 'U01NORA', NULL, '1a7ccfaabc6b0a0a');



INSERT INTO public.challenge VALUES ('T01NORTHWIND', '1a7ccfaabc6b0a0a', 'open', 'U01NORA', 'one-prompt-change-behind-a-flag', 'Ship one prompt change behind a flag', 'Pick one prompt in production. Change one thing in it, put the change behind a flag, and compare ten answers by hand, old beside new.', 'the flag is on for your team, and you can name one answer that got better and one that got worse.', 45, 'ship-in-days', 'Which answer got better, and which got worse?', 'C02PLATFORM', '2026-12-01 16:30:05.525331+05:30', '2026-12-08 16:30:04+05:30', false, 1, '1796122804.757665', 'open:2:1', '2026-12-01 16:31:10.886001+05:30', 0, 0, NULL, NULL, 0);






INSERT INTO public.delivery VALUES ('T01NORTHWIND', 'welcome:U02EMIL:20261130T090004', 'b9e81473a00eab432f1d05e5', 'welcome', 'U02EMIL', 'D02EMIL', NULL, NULL, NULL, 'sent', '2026-11-30 14:30:04.905155+05:30', '2026-11-30 14:30:04.905155+05:30', '2026-12-01 14:00:00+05:30', 0, '1df4680a69b72e437a1996a1', 1796133147.012541, '2026-11-30 14:30:05.054747+05:30', '1796029204.158630', '2026-11-30 14:30:05.060626+05:30', NULL);
INSERT INTO public.delivery VALUES ('T01NORTHWIND', 'nudge:U02EMIL:2026-W49', 'e3d90ba0d483d79fa8ae714d', 'nudge', 'U02EMIL', 'D02EMIL', '2026-W49', NULL, NULL, 'sent', '2026-12-01 14:00:00+05:30', '2026-12-01 16:30:05.296841+05:30', '2026-12-05 00:30:00+05:30', 0, 'f0680036f71e3ff522ba49aa', 1796133147.303609, '2026-12-01 16:30:05.316648+05:30', '1796122804.432426', '2026-12-01 16:30:05.334626+05:30', '{"tip":"part-it-never-read"}');
INSERT INTO public.delivery VALUES ('T01NORTHWIND', 'challenge:1a7ccfaabc6b0a0a:1', '0322b63702844fb005df6de3', 'challenge', NULL, 'C02PLATFORM', NULL, NULL, NULL, 'sent', '2026-12-01 16:30:05.525331+05:30', '2026-12-01 16:30:05.525331+05:30', '2026-12-08 16:30:04+05:30', 0, '29620208791a619263a4b99f', 1796133147.647225, '2026-12-01 16:30:05.655723+05:30', '1796122804.757665', '2026-12-01 16:30:05.660521+05:30', '{"challenge_id":"1a7ccfaabc6b0a0a"}');



INSERT INTO public.entry VALUES ('T01NORTHWIND', '1a7ccfaabc6b0a0a', 'U02EMIL', 'b1becf1ded2db810', '2026-12-01 16:30:05.710207+05:30', NULL, NULL, NULL, false);
INSERT INTO public.entry VALUES ('T01NORTHWIND', '1a7ccfaabc6b0a0a', 'U03ASHA', '02772c9acb7cc248', '2026-12-01 16:30:05.732202+05:30', '2026-12-01 16:30:05.756158+05:30', 'Twenty answers, two got worse.', 'named', false);


















INSERT INTO public.member VALUES ('T01NORTHWIND', 'U02EMIL', 'devops-engineer', NULL, 'Europe/Berlin', '2026-11-30 14:30:04.82512+05:30', '2026-12-01 16:30:05.208575+05:30', NULL, NULL, 0, true);
INSERT INTO public.member VALUES ('T01NORTHWIND', 'U01NORA', NULL, NULL, 'America/New_York', '2026-12-01 16:30:05.46038+05:30', '2026-12-01 16:30:05.46038+05:30', NULL, NULL, 0, false);
INSERT INTO public.member VALUES ('T01NORTHWIND', 'U03ASHA', NULL, NULL, 'Asia/Kolkata', '2026-12-01 16:30:05.737684+05:30', '2026-12-01 16:30:05.737684+05:30', NULL, NULL, 0, false);






INSERT INTO public.practice VALUES ('T01NORTHWIND', 'U02EMIL', 'part-it-never-read', '2026-12-01 16:30:05.390048+05:30', 'done', NULL, NULL, NULL, NULL, NULL);









INSERT INTO public.schedule VALUES ('T01NORTHWIND', 'U02EMIL', 'yes', '2026-11-30 14:30:04.905155+05:30', 1, 570, 'Europe/Berlin', false, NULL, '2026-12-08 14:00:00+05:30', 1, false, 0, '2026-12-01 14:00:00+05:30', false, 'D02EMIL');






INSERT INTO public.situation VALUES ('T01NORTHWIND', 'U03ASHA', 'code', true, '2026-12-01 16:30:05.756158+05:30', '1a7ccfaabc6b0a0a', NULL);



INSERT INTO public.skill_history VALUES ('T01NORTHWIND', 'U02EMIL', 'token-usage-and-costs', '2026-11-30 14:30:05.141873+05:30', 'learned');



INSERT INTO public.skill_mark VALUES ('T01NORTHWIND', 'U02EMIL', 'token-usage-and-costs', '2026-11-30 14:30:05.141873+05:30', NULL);


















INSERT INTO public.tip_given VALUES ('T01NORTHWIND', 'U02EMIL', 'part-it-never-read', 1, '2026-12-01 16:30:05.334626+05:30');












INSERT INTO public.workspace VALUES ('T01NORTHWIND', '2026-11-30 14:30:01.409952+05:30', NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 'Europe/Berlin', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1796133087.646044, NULL, 1796133088.0478082, NULL, NULL, '2026-11-30 04:30:00+05:30', NULL);



ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);



ALTER TABLE ONLY public.assistant_token
    ADD CONSTRAINT pk_assistant_token PRIMARY KEY (workspace_id, member_id, label);



ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (workspace_id, id);



ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT pk_challenge PRIMARY KEY (workspace_id, challenge_id);



ALTER TABLE ONLY public.coach_admin
    ADD CONSTRAINT pk_coach_admin PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (workspace_id, key);



ALTER TABLE ONLY public.entry
    ADD CONSTRAINT pk_entry PRIMARY KEY (workspace_id, challenge_id, member_id);



ALTER TABLE ONLY public.event_seen
    ADD CONSTRAINT pk_event_seen PRIMARY KEY (workspace_id, event_id);



ALTER TABLE ONLY public.heartbeat
    ADD CONSTRAINT pk_heartbeat PRIMARY KEY (id);



ALTER TABLE ONLY public.installation
    ADD CONSTRAINT pk_installation PRIMARY KEY (workspace_id);



ALTER TABLE ONLY public.lab_solved
    ADD CONSTRAINT pk_lab_solved PRIMARY KEY (workspace_id, member_id, lab);



ALTER TABLE ONLY public.lead
    ADD CONSTRAINT pk_lead PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.member
    ADD CONSTRAINT pk_member PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.plan
    ADD CONSTRAINT pk_plan PRIMARY KEY (workspace_id, member_id, tip);



ALTER TABLE ONLY public.practice
    ADD CONSTRAINT pk_practice PRIMARY KEY (workspace_id, member_id, tip, at);



ALTER TABLE ONLY public.project
    ADD CONSTRAINT pk_project PRIMARY KEY (workspace_id, member_id, slug);



ALTER TABLE ONLY public.quiz
    ADD CONSTRAINT pk_quiz PRIMARY KEY (workspace_id, member_id, asking);



ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT pk_schedule PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.showing
    ADD CONSTRAINT pk_showing PRIMARY KEY (workspace_id, showing_id);



ALTER TABLE ONLY public.situation
    ADD CONSTRAINT pk_situation PRIMARY KEY (workspace_id, member_id, need);



ALTER TABLE ONLY public.skill_history
    ADD CONSTRAINT pk_skill_history PRIMARY KEY (workspace_id, member_id, skill, at);



ALTER TABLE ONLY public.skill_mark
    ADD CONSTRAINT pk_skill_mark PRIMARY KEY (workspace_id, member_id, skill);



ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT pk_snapshot PRIMARY KEY (workspace_id, ended_at, figure);



ALTER TABLE ONLY public.still
    ADD CONSTRAINT pk_still PRIMARY KEY (workspace_id, member_id, tip, at);



ALTER TABLE ONLY public.suggestion
    ADD CONSTRAINT pk_suggestion PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.team
    ADD CONSTRAINT pk_team PRIMARY KEY (workspace_id, team_id);



ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT pk_team_member PRIMARY KEY (workspace_id, member_id);



ALTER TABLE ONLY public.tip_given
    ADD CONSTRAINT pk_tip_given PRIMARY KEY (workspace_id, member_id, tip);



ALTER TABLE ONLY public.tip_set_aside
    ADD CONSTRAINT pk_tip_set_aside PRIMARY KEY (workspace_id, tip);



ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT pk_tombstone PRIMARY KEY (workspace_id, digest);



ALTER TABLE ONLY public.used_state
    ADD CONSTRAINT pk_used_state PRIMARY KEY (state);



ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT pk_workspace PRIMARY KEY (workspace_id);



CREATE INDEX ix_assistant_token_until ON public.assistant_token USING btree (until);



CREATE INDEX ix_audit_at ON public.audit USING btree (at);



CREATE INDEX ix_audit_workspace_id_at ON public.audit USING btree (workspace_id, at);



CREATE INDEX ix_challenge_state_ends_at ON public.challenge USING btree (state, ends_at);



CREATE INDEX ix_challenge_update_after ON public.challenge USING btree (update_after);



CREATE INDEX ix_delivery_ended_at ON public.delivery USING btree (ended_at);



CREATE INDEX ix_delivery_state_workspace_id_try_at ON public.delivery USING btree (state, workspace_id, try_at);



CREATE INDEX ix_delivery_workspace_id_member_id_week ON public.delivery USING btree (workspace_id, member_id, week);



CREATE INDEX ix_entry_workspace_id_member_id ON public.entry USING btree (workspace_id, member_id);



CREATE INDEX ix_event_seen_seen_at ON public.event_seen USING btree (seen_at);



CREATE INDEX ix_installation_expires_at ON public.installation USING btree (expires_at);



CREATE INDEX ix_lead_next_at ON public.lead USING btree (next_at);



CREATE UNIQUE INDEX ix_lead_workspace_id_team_id ON public.lead USING btree (workspace_id, team_id);



CREATE INDEX ix_member_left_at ON public.member USING btree (left_at);



CREATE INDEX ix_practice_shared ON public.practice USING btree (workspace_id, tip, at) WHERE (readers IS NOT NULL);



CREATE INDEX ix_schedule_next_due_at_workspace_id_member_id ON public.schedule USING btree (next_due_at, workspace_id, member_id);



CREATE UNIQUE INDEX ix_showing_workspace_id_member_id_skill_channel_day ON public.showing USING btree (workspace_id, member_id, skill, channel, day);



CREATE UNIQUE INDEX ix_team_workspace_id_source ON public.team USING btree (workspace_id, source);



CREATE INDEX ix_used_state_until ON public.used_state USING btree (until);



CREATE INDEX ix_workspace_ask_at ON public.workspace USING btree (ask_at);



CREATE INDEX ix_workspace_disconnected_at ON public.workspace USING btree (disconnected_at);



CREATE INDEX ix_workspace_organisation ON public.workspace USING btree (organisation);



CREATE INDEX ix_workspace_teams_read_at ON public.workspace USING btree (teams_read_at);



ALTER TABLE ONLY public.assistant_token
    ADD CONSTRAINT fk_assistant_token_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT fk_delivery_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.entry
    ADD CONSTRAINT fk_entry_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.lab_solved
    ADD CONSTRAINT fk_lab_solved_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.plan
    ADD CONSTRAINT fk_plan_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.practice
    ADD CONSTRAINT fk_practice_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.project
    ADD CONSTRAINT fk_project_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.quiz
    ADD CONSTRAINT fk_quiz_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT fk_schedule_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.showing
    ADD CONSTRAINT fk_showing_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.situation
    ADD CONSTRAINT fk_situation_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.skill_history
    ADD CONSTRAINT fk_skill_history_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.skill_mark
    ADD CONSTRAINT fk_skill_mark_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.still
    ADD CONSTRAINT fk_still_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.suggestion
    ADD CONSTRAINT fk_suggestion_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT fk_team_member_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;



ALTER TABLE ONLY public.tip_given
    ADD CONSTRAINT fk_tip_given_workspace_id_member_id FOREIGN KEY (workspace_id, member_id) REFERENCES public.member(workspace_id, member_id) ON DELETE CASCADE;




