-- Times are milliseconds since 1970. Rowid tables with unique indexes: WITHOUT ROWID would keep the
-- rows in the order of their keys, which is random, and is 4 to 5 times slower in shared commits.

CREATE TABLE ledger (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  key BLOB NOT NULL,
  until INTEGER, -- null: for ever
  event INTEGER NOT NULL,
  body_sha256 BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX ledger_key ON ledger (tenant, source, key);
CREATE INDEX ledger_end ON ledger (until) WHERE until IS NOT NULL;

-- The body stands last: SQLite reads a row from its front, and a large body is not read for a row
-- that a filter passes over.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  status INTEGER NOT NULL, -- 0 pending, 1 promoted, 2 rejected, 3 dead
  attempts INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  not_before INTEGER,
  settled_by TEXT,
  settled_at INTEGER,
  settled_why TEXT,
  event_type TEXT,
  key BLOB,
  body_sha256 BLOB NOT NULL,
  coverage TEXT NOT NULL,
  headers BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX event_page ON event (tenant, status, received_at);
CREATE INDEX event_pending ON event (received_at) WHERE status = 0;

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  detail TEXT,
  status INTEGER NOT NULL,
  event INTEGER,
  headers BLOB NOT NULL,
  body_length INTEGER,
  body_sha256 BLOB,
  remote TEXT,
  correlation_id TEXT,
  key_index INTEGER,
  count INTEGER NOT NULL
) STRICT;
CREATE INDEX history_page ON history (tenant, at);

CREATE TABLE generation (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  generation INTEGER NOT NULL -- minus 2^63, so that the whole unsigned range keeps its order
) STRICT;
CREATE UNIQUE INDEX generation_source ON generation (tenant, source);

CREATE TABLE state (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  expires INTEGER,
  bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX state_key ON state (namespace, key);
CREATE INDEX state_end ON state (expires) WHERE expires IS NOT NULL;

-- Numbers that were given out and are never given out again, whatever is purged.
CREATE TABLE counter (
  name TEXT NOT NULL,
  last INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX counter_name ON counter (name);
INSERT INTO counter VALUES ('event', 0), ('version', 0);
