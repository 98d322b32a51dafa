-- A role for the bot that gets the rows of one workspace at a time: a second wall between workspaces.
-- Run this after `python -m bot migrate`, as the role that migrates and owns the tables:
--   psql "$DATABASE_URL" -f row-security.sql
-- then give the role a password (`\password roleshift_app` in psql) and let the bot and the worker connect as this
-- role. Migrations go on with the owner.
DO $$ BEGIN
  CREATE ROLE roleshift_app LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server has it already
END $$;
GRANT USAGE ON SCHEMA public TO roleshift_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO roleshift_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO roleshift_app;
-- for the tables of later migrations
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO roleshift_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO roleshift_app;
