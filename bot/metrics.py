"""Numbers for an operator's dashboard, in Prometheus's format."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest

SENDS = Counter("roleshift_sends", "Posts tried by this process, by what became of them.", ["kind", "outcome"])
DELIVERIES = Gauge("roleshift_deliveries", "Deliveries in the database, by kind and state.", ["kind", "state"])
REJECTED = Counter("roleshift_requests_rejected", "Requests that this process rejected, by reason.", ["reason"])
DENIED = Counter("roleshift_admin_acts_denied", "Acts for admins that other members tried.")

__all__ = ["CONTENT_TYPE_LATEST", "DELIVERIES", "DENIED", "REJECTED", "SENDS", "generate_latest"]
