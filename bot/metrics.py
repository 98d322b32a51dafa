"""Numbers for an operator's dashboard, in Prometheus's format."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest

SENDS = Counter("roleshift_sends", "Posts tried by this process, by what became of them.", ["kind", "outcome"])
DELIVERIES = Gauge("roleshift_deliveries", "Deliveries in the database, by kind and state.", ["kind", "state"])

__all__ = ["CONTENT_TYPE_LATEST", "DELIVERIES", "SENDS", "generate_latest"]
