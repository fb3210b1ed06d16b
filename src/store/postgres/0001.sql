-- Times are milliseconds since 1970. Text that a sender or a host chooses is bytea, in UTF-8: text
-- columns cannot hold every string. Tenants and sources are text, because they hold no control
-- characters. Every key begins with the tenant, so that the tables can be distributed by it.

CREATE TABLE hookstage_ledger (
  tenant text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  key bytea NOT NULL,
  claimed_at bigint NOT NULL,
  until bigint, -- null: for ever
  event bigint NOT NULL,
  body_sha256 bytea NOT NULL,
  PRIMARY KEY (tenant, source, key)
);
CREATE INDEX hookstage_ledger_end ON hookstage_ledger (until) WHERE until IS NOT NULL;

-- The time stands in the primary key so that the table can be partitioned by it.
CREATE TABLE hookstage_event (
  tenant text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  id bigint NOT NULL,
  received_at bigint NOT NULL,
  status smallint NOT NULL, -- 0 pending, 1 promoted, 2 rejected, 3 dead
  attempts bigint NOT NULL,
  lease_owner bytea,
  lease_until bigint,
  not_before bigint,
  settled_by bytea,
  settled_at bigint,
  settled_why bytea,
  event_type bytea,
  key bytea,
  body_sha256 bytea NOT NULL,
  coverage text NOT NULL,
  headers bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (tenant, id, received_at)
);
CREATE INDEX hookstage_event_page ON hookstage_event (tenant, status, received_at, id);
CREATE INDEX hookstage_event_pending ON hookstage_event (received_at, id) WHERE status = 0;
CREATE INDEX hookstage_event_settled ON hookstage_event (received_at) WHERE status <> 0;
CREATE SEQUENCE hookstage_event_id;

CREATE SEQUENCE hookstage_history_id;
CREATE TABLE hookstage_history (
  tenant text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  id bigint NOT NULL DEFAULT nextval('hookstage_history_id'),
  at bigint NOT NULL,
  outcome bytea NOT NULL,
  reason bytea,
  detail bytea,
  status integer NOT NULL,
  event bigint,
  headers bytea NOT NULL,
  body_length bigint,
  body_sha256 bytea,
  remote text,
  correlation_id bytea,
  key_index smallint,
  count bigint NOT NULL,
  PRIMARY KEY (tenant, at, id)
);
CREATE INDEX hookstage_history_age ON hookstage_history (at);

CREATE TABLE hookstage_generation (
  tenant text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  generation bigint NOT NULL, -- minus 2^63, so that the whole unsigned range keeps its order
  PRIMARY KEY (tenant, source)
);

CREATE SEQUENCE hookstage_state_version;
CREATE TABLE hookstage_state (
  namespace bytea NOT NULL,
  key bytea NOT NULL,
  version bigint NOT NULL,
  expires bigint,
  bytes bytea NOT NULL,
  PRIMARY KEY (namespace, key)
);
CREATE INDEX hookstage_state_end ON hookstage_state (expires) WHERE expires IS NOT NULL;
