"""The statements that fill the tables for `members.py`: one for each table, and for each week where that is large."""

TABLES = (
    "workspace", "installation", "member", "schedule", "skill_mark", "skill_history", "tip_given", "practice", "quiz",
    "situation", "plan", "delivery", "challenge", "entry", "home", "coach_admin", "audit", "snapshot", "event_seen",
    "unanswered", "showing", "path_shared",
)  # fmt: skip

# `crowd` holds each member once, with what the statements below need, in the order in which their tips are due. `turn`
# is another number for each member than `i`, so that members of all workspaces are due together.
TEMPORARY = """
CREATE UNLOGGED TABLE crowd (i bigint, k int, place int, w text, m text, channel text, role text, turn bigint,
  zone text, due timestamptz);
CREATE UNLOGGED TABLE path (role text, n int, skill text)
"""
# $1 sizes of workspaces, $2 zones, $3 roles, $4 the first minute, $5 one of so many workspaces is gone, $6 members,
# $7 due at each minute, before turn $8; from there to turn $9 due at $10.
CROWD = """
INSERT INTO crowd
WITH place AS (
  SELECT n, size, sum(size) OVER (ORDER BY n) - size AS before FROM unnest($1::int[]) WITH ORDINALITY AS s(size, n)
), person AS (
  SELECT (before + k)::bigint AS i, k, n::int AS place, ((before + k)::bigint * 7919) % $6::bigint AS turn
  FROM place, generate_series(0, size - 1) AS k
)
SELECT i, k, place, 'T' || lpad(place::text, 10, '0'), 'U' || lpad(i::text, 10, '0'), 'D' || lpad(i::text, 10, '0'),
  ($3::text[])[1 + turn % cardinality($3::text[])], turn, ($2::text[])[1 + place % cardinality($2::text[])],
  CASE WHEN place % $5 = 0 THEN $4::timestamptz - interval '3 days'
    WHEN turn < $8 THEN $4::timestamptz + turn / $7 * interval '1 minute'
    WHEN turn < $9 THEN $10::timestamptz
    ELSE $4::timestamptz + interval '1 day' + (turn % 8000) * interval '1 minute' END AS due
FROM person ORDER BY due, turn
"""
PATHS = "INSERT INTO path SELECT * FROM unnest($1::text[], $2::int[], $3::text[])"

# $1 is the first minute.
ONCE = (
    """
    INSERT INTO workspace (workspace_id, met_at, disconnected_at, disconnected_why, next_send_at)
    SELECT w, $1::timestamptz - interval '100 days', CASE WHEN min(due) < $1 THEN $1 - interval '5 days' END,
      CASE WHEN min(due) < $1 THEN 'removed' END, extract(epoch FROM $1::timestamptz) - place
    FROM crowd GROUP BY w, place
    """,
    """
    INSERT INTO installation (workspace_id, app_id, bot_user, scopes, token, key_id, installed_at)
    SELECT workspace_id, 'A0', 'U0BOT', 'chat:write,im:history', repeat('x', 200), 'k1', $1 FROM workspace
    """,
    """
    INSERT INTO member (workspace_id, member_id, role, zone, met_at, profile_at)
    SELECT w, m, role, zone, $1::timestamptz - interval '100 days', $1 - i % 20 * interval '1 hour' FROM crowd
    ORDER BY hashint8(i)
    """,
    """
    INSERT INTO schedule (workspace_id, member_id, consent, consented_at, weekday, minute, zone, zone_is_own,
      next_due_at, dm_channel)
    SELECT w, m, 'yes', $1::timestamptz - interval '100 days', extract(isodow FROM due AT TIME ZONE zone) - 1,
      extract(hour FROM due AT TIME ZONE zone) * 60 + extract(minute FROM due AT TIME ZONE zone), zone, false, due,
      channel
    FROM crowd ORDER BY hashint8(i)
    """,
    """
    INSERT INTO skill_mark (workspace_id, member_id, skill, learned_at)
    SELECT w, m, skill, $1::timestamptz - (i % 90) * interval '1 day' - interval '1 hour'
    FROM crowd JOIN path USING (role) WHERE n < turn % 6
    """,
    """
    INSERT INTO skill_history (workspace_id, member_id, skill, at, step)
    SELECT workspace_id, member_id, skill, learned_at, 'learned' FROM skill_mark WHERE learned_at < $1
    """,
    """
    INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, subject, state, due_at, try_at,
      window_ends_at, attempts)
    SELECT w, 'reminder:' || m || ':' || i, substr(md5(m || 'reminder'), 1, 24), 'reminder', m, channel, '2026-W48',
      'a-tip', 'planned', at, at, at + interval '1 day', 0
    FROM (SELECT *, $1::timestamptz + interval '1 day' + turn % 9000 * interval '1 minute' AS at FROM crowd) AS crowd
    WHERE turn % 20 = 0
    """,
    """
    INSERT INTO home (workspace_id, member_id, opened_at, is_admin, due_at, shown)
    SELECT w, m, $1::timestamptz - turn % 30 * interval '1 day', false,
      CASE WHEN turn % 10000 = 0 THEN $1 ELSE $1 + turn % 1400 * interval '1 minute' END, md5(m)::varchar(16)
    FROM crowd WHERE turn % 5 = 0
    """,
    """
    INSERT INTO challenge (workspace_id, challenge_id, state, started_by, title, task, done_when, channel, starts_at,
      ends_at, shows_entries, calls_last, private, postings, ts, shown, update_after)
    SELECT w, lpad(to_hex(place), 16, '0'), CASE place % 10 WHEN 0 THEN 'open' ELSE 'closed' END, m, 'A challenge',
      repeat('Do it. ', 20), 'it is done.', 'C1', $1::timestamptz - interval '20 days',
      $1 + (CASE place % 10 WHEN 0 THEN 5 ELSE -5 END) * interval '1 day', true, true, false, 1, '1.0', 'x',
      CASE place % 100 WHEN 0 THEN $1 END
    FROM crowd WHERE k = 0
    """,
    """
    INSERT INTO entry (workspace_id, challenge_id, member_id, entry_id, joined_at, done_at, sharing, picked)
    SELECT w, lpad(to_hex(place), 16, '0'), m, lpad(to_hex(i), 16, '0'), $1::timestamptz - interval '9 days',
      CASE turn % 2 WHEN 0 THEN $1 - interval '8 days' END, 'private', false
    FROM crowd WHERE turn % 10 = 0
    """,
    """
    INSERT INTO coach_admin (workspace_id, member_id, added_at) SELECT w, m, $1 FROM crowd WHERE k < 2
    """,
    """
    INSERT INTO audit (workspace_id, id, at, act, admin_id)
    SELECT w, md5(m || n), $1::timestamptz - n * interval '9 days', 'desk read', m FROM crowd, generate_series(1, 40) n
    WHERE k = 0
    """,
    """
    INSERT INTO unanswered (workspace_id, id, question, at)
    SELECT w, md5(m || 'q'), 'how do I ' || turn, $1::timestamptz - turn % 90 * interval '1 day' FROM crowd
    WHERE turn % 100 = 0
    """,
    """
    INSERT INTO event_seen (workspace_id, event_id, seen_at)
    SELECT w, 'Ev' || lpad(turn::text, 10, '0'), $1::timestamptz - turn % 1440 * interval '1 minute' FROM crowd
    WHERE turn % 5 = 0
    """,
    """
    INSERT INTO snapshot (workspace_id, week, figure, taken_at, count)
    SELECT w, to_char($1::timestamptz - ago * interval '7 days', 'IYYY"-W"IW'), figure, $1, 50
    FROM crowd, generate_series(0, 12) AS ago,
      unnest('{members,weekly tips,tips done}' || (SELECT array_agg('skill ' || s) FROM generate_series(1, 30) s)) AS
        figure
    WHERE k = 0
    """,
)
# $1 is the first minute, $2 the checks, and $3 the skill of each.
QUIZZES = """
INSERT INTO quiz (workspace_id, member_id, asking, check_id, skill, due, asked_at, answered_at, chosen, "right")
SELECT w, m, 'nudge:' || m || ':' || n, ($2::text[])[which], ($3::text[])[which], true,
  $1::timestamptz - n * interval '20 days', $1 - n * interval '20 days', 1, turn % 3 > 0
FROM (SELECT *, 1 + (turn + n) % cardinality($2::text[]) AS which FROM crowd, generate_series(1, 2) AS n) AS crowd
"""
# $1 is the first minute, $2 the needs.
NEEDS = """
INSERT INTO situation (workspace_id, member_id, need, has, at)
SELECT w, m, ($2::text[])[1 + turn % cardinality($2::text[])], turn % 2 = 0, $1::timestamptz - interval '9 days'
FROM crowd WHERE turn % 3 = 0
"""
# $1 is how many weeks ago, $2 the tips.
EACH_WEEK = (
    """
    INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, subject, state, due_at, try_at,
      window_ends_at, attempts, claim_token, lease_until, started_at, ts, ended_at)
    SELECT w, 'nudge:' || m || ':' || week, substr(md5(m || week), 1, 24), 'nudge', m, channel, week,
      ($2::text[])[1 + (turn + $1::int) % cardinality($2::text[])],
      CASE turn % 500 WHEN 1 THEN 'missed' WHEN 2 THEN 'refused' WHEN 3 THEN 'unconfirmed' ELSE 'sent' END,
      at, at, at + interval '3 days', 0, substr(md5(w || at), 1, 24), extract(epoch FROM at) + 60,
      at + interval '1 second', extract(epoch FROM at)::bigint || '.' || lpad((turn % 1000000)::text, 6, '0'),
      at + interval '2 seconds'
    FROM (
      SELECT *, local AT TIME ZONE zone AS at, to_char(local, 'IYYY"-W"IW') AS week
      FROM (SELECT *, (due AT TIME ZONE zone) - $1::int * interval '7 days' AS local FROM crowd) AS moved
    ) AS crowd
    """,
    """
    INSERT INTO tip_given (workspace_id, member_id, tip, times, given_at)
    SELECT w, m, ($2::text[])[1 + (turn + $1::int) % cardinality($2::text[])], 1, due - $1::int * interval '7 days'
    FROM crowd
    """,
    """
    INSERT INTO practice (workspace_id, member_id, tip, at, step, blocker)
    SELECT w, m, ($2::text[])[1 + (turn + $1::int) % cardinality($2::text[])],
      due - $1::int * interval '7 days' + interval '1 hour',
      CASE (turn + $1::int) % 20 WHEN 1 THEN 'blocked' ELSE 'done' END,
      CASE (turn + $1::int) % 20 WHEN 1 THEN 'no-time' END
    FROM crowd WHERE (turn + $1::int) % 5 < 2
    """,
)
