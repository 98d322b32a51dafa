"""Metrics for an operator's dashboard, in Prometheus's format."""

from prometheus_client import Counter, Gauge

SENDS = Counter("roleshift_sends", "Posts that this process tried, by outcome.", ["kind", "outcome"])
DELIVERIES = Gauge("roleshift_deliveries", "Deliveries in the database that are not over.", ["kind", "state"])
MISSED = Counter("roleshift_deliveries_missed", "Deliveries that this process found too late to send.", ["kind"])
REJECTED = Counter("roleshift_requests_rejected", "Requests that this process rejected, by reason.", ["reason"])
SLOWED = Counter("roleshift_requests_slowed", "Requests of members that this process refused as they came too fast.")
TO_INSTALL_ANEW = Gauge("roleshift_workspaces_to_install_anew", "Workspaces whose refresh token was lost.")
STILL_USED = Gauge(
    "roleshift_workspaces_refused_but_used",
    "Workspaces in the database to which nothing is sent, while somebody there used the bot within a day.",
)
FAILING = Gauge(
    "roleshift_workspaces_failing",
    "Workspaces in the database in which ten deliveries or more of the last day ended in this state.",
    ["state"],
)
DENIED = Counter("roleshift_admin_acts_denied", "Acts of admins that members without that right tried.")
HEARD = Counter("roleshift_lines_heard", "Lines in plain words, by what answered them in this process.", ["answer"])
