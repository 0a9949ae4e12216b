-- The control plane's database: two schemas, two login roles that own nothing, and row-level security that its owner
-- obeys as well. Works on PostgreSQL 15 and newer. Times named *_at are this server's; those without are Unix seconds
-- that a key server signed.

-- Roles belong to the whole server, so they may be there already: another database of it, or an administrator who
-- does not let us create roles. Passwords are set by the migration runner.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['holdfast_app', 'holdfast_identity'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database's migration was quicker
      END;
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA identity;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA identity TO holdfast_identity;
GRANT USAGE ON SCHEMA app TO holdfast_app;

-- ── identity: looked up by exact keys before a tenant is known ───────────────────────────────────────────────────

CREATE TABLE identity.account (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 128),
  user_handle text NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE identity.credential (
  id text PRIMARY KEY CHECK (char_length(id) BETWEEN 16 AND 1400),
  account_id uuid NOT NULL REFERENCES identity.account (id) ON DELETE CASCADE,
  public_key text NOT NULL,
  sign_count bigint NOT NULL DEFAULT 0,
  transports text[] NOT NULL,
  aaguid text NOT NULL,
  is_backed_up boolean NOT NULL,
  is_syncable boolean NOT NULL,
  label text NOT NULL CHECK (char_length(label) BETWEEN 1 AND 128),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at timestamptz(3)
);
CREATE INDEX credential_account_id_idx ON identity.credential (account_id);

CREATE TABLE identity.session (
  token_hash text PRIMARY KEY CHECK (char_length(token_hash) = 43),
  id uuid NOT NULL UNIQUE,
  account_id uuid NOT NULL REFERENCES identity.account (id) ON DELETE CASCADE,
  credential_id text NOT NULL,
  device text NOT NULL CHECK (char_length(device) <= 128),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
  stepped_up_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX session_account_id_idx ON identity.session (account_id);

CREATE TABLE identity.challenge (
  token_hash text PRIMARY KEY CHECK (char_length(token_hash) = 43),
  purpose text NOT NULL CHECK (purpose IN ('sign-up', 'sign-in', 'add-passkey', 'step-up')),
  challenge text NOT NULL,
  account_id uuid REFERENCES identity.account (id) ON DELETE CASCADE,
  name text,
  user_handle text,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX challenge_expires_at_idx ON identity.challenge (expires_at);

CREATE TABLE identity.invitation (
  word_hash text PRIMARY KEY CHECK (char_length(word_hash) = 43),
  tenant_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'administrator', 'custodian', 'auditor')),
  invited_by uuid NOT NULL REFERENCES identity.account (id) ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);

CREATE TABLE identity.enrolment_token (
  token_hash text PRIMARY KEY CHECK (char_length(token_hash) = 43),
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  used_by text
);

CREATE TABLE identity.agent_route (
  aid text PRIMARY KEY CHECK (aid ~ '^a_[a-z2-7]{26}$'),
  aik text NOT NULL,
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  revoked_at timestamptz(3)
);

CREATE TABLE identity.agent_nonce (
  aid text NOT NULL,
  nonce text NOT NULL CHECK (char_length(nonce) <= 64),
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (aid, nonce)
);
CREATE INDEX agent_nonce_expires_at_idx ON identity.agent_nonce (expires_at);

CREATE TABLE identity.witness_key (
  vkey text PRIMARY KEY,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE identity.attempt (
  bucket text PRIMARY KEY CHECK (char_length(bucket) = 43),
  window_start timestamptz(3) NOT NULL,
  count integer NOT NULL
);
CREATE INDEX attempt_window_start_idx ON identity.attempt (window_start);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA identity TO holdfast_identity;

-- ── app: everything of one tenant ────────────────────────────────────────────────────────────────────────────────

CREATE TABLE app.tenant (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 128),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE app.membership (
  tenant_id uuid NOT NULL REFERENCES app.tenant (id),
  account_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'administrator', 'custodian', 'auditor')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX membership_account_id_idx ON app.membership (account_id);

CREATE TABLE app.environment (
  tenant_id uuid NOT NULL REFERENCES app.tenant (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
  tid text CHECK (tid ~ '^[a-z2-7]{26}$'),
  roster_seq bigint,
  roster_hash text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name),
  UNIQUE (tenant_id, tid)
);

CREATE TABLE app.agent (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  aid text NOT NULL CHECK (aid ~ '^a_[a-z2-7]{26}$'),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 128),
  version text CHECK (char_length(version) <= 64),
  build text CHECK (char_length(build) <= 128),
  unseal_method text CHECK (char_length(unseal_method) <= 64),
  fips text CHECK (char_length(fips) <= 256),
  rest_url text CHECK (char_length(rest_url) <= 512),
  page_origin text CHECK (char_length(page_origin) <= 512),
  is_sealed boolean NOT NULL DEFAULT false,
  is_locked boolean NOT NULL DEFAULT false,
  is_recovering boolean NOT NULL DEFAULT false,
  key_count integer,
  client_count integer,
  log_size bigint,
  attestation jsonb,
  enrolled_at timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3),
  PRIMARY KEY (tenant_id, environment_id, aid),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.agent_request (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('report', 'attestation')),
  parameters jsonb NOT NULL,
  requested_by uuid NOT NULL,
  requested_at timestamptz(3) NOT NULL DEFAULT now(),
  taken_at timestamptz(3),
  taken_by text,
  done_at timestamptz(3),
  code text CHECK (char_length(code) <= 64),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX agent_request_waiting_idx ON app.agent_request (tenant_id, environment_id, done_at, requested_at);

CREATE TABLE app.alarm (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id uuid NOT NULL,
  aid text,
  code text NOT NULL CHECK (char_length(code) <= 64),
  detail jsonb NOT NULL,
  raised_at timestamptz(3) NOT NULL DEFAULT now(),
  cleared_at timestamptz(3),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX alarm_raised_idx ON app.alarm (tenant_id, environment_id, raised_at);

CREATE TABLE app.roster_link (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  link jsonb NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, seq),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.log_entry (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  n bigint NOT NULL CHECK (n >= 0),
  leaf text NOT NULL,
  ts bigint NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  command text,
  opens jsonb,
  state text,
  receipt jsonb,
  envelope text,
  PRIMARY KEY (tenant_id, environment_id, n),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX log_entry_kind_idx ON app.log_entry (tenant_id, environment_id, kind, n);
CREATE INDEX log_entry_subject_idx ON app.log_entry (tenant_id, environment_id, subject, n);
CREATE INDEX log_entry_command_idx ON app.log_entry (tenant_id, environment_id, command, n);

CREATE TABLE app.log_node (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  level integer NOT NULL,
  index bigint NOT NULL,
  hash text NOT NULL CHECK (char_length(hash) = 43),
  PRIMARY KEY (tenant_id, environment_id, level, index),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.checkpoint (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  size bigint NOT NULL,
  root text NOT NULL,
  note text NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, size),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.witness_head (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  size bigint NOT NULL,
  root text NOT NULL,
  cosignature text NOT NULL,
  cosigned_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, environment_id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.command (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  hash text NOT NULL CHECK (char_length(hash) = 43),
  doc text NOT NULL,
  act text NOT NULL,
  subject text,
  issued bigint NOT NULL,
  exp bigint NOT NULL,
  proposed_by uuid,
  proposed_at timestamptz(3) NOT NULL DEFAULT now(),
  delivered_at timestamptz(3),
  status text NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'scheduled', 'applied', 'cancelled', 'expired', 'refused', 'withdrawn')),
  code text CHECK (char_length(code) <= 64),
  have integer NOT NULL DEFAULT 0,
  need integer NOT NULL DEFAULT 1,
  due bigint,
  entry bigint,
  decided_at timestamptz(3),
  PRIMARY KEY (tenant_id, environment_id, hash),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX command_status_idx ON app.command (tenant_id, environment_id, status, proposed_at, hash);
CREATE INDEX command_subject_idx ON app.command (tenant_id, environment_id, subject);

CREATE TABLE app.annotation (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  subject text NOT NULL CHECK (char_length(subject) <= 64),
  title text NOT NULL DEFAULT '' CHECK (char_length(title) <= 200),
  notes text NOT NULL DEFAULT '' CHECK (char_length(notes) <= 4000),
  owner text NOT NULL DEFAULT '' CHECK (char_length(owner) <= 200),
  ticket text NOT NULL DEFAULT '' CHECK (char_length(ticket) <= 200),
  written_by uuid NOT NULL,
  written_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, subject),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.key (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id text NOT NULL CHECK (id ~ '^k_[a-z2-7]{26}$'),
  label text NOT NULL,
  alias text,
  key_group text NOT NULL,
  algorithm text NOT NULL,
  usage text[] NOT NULL,
  is_extractable boolean NOT NULL,
  state text NOT NULL,
  current bigint NOT NULL,
  owner_client text,
  created bigint NOT NULL,
  cryptoperiod_sec bigint,
  ends_at bigint,
  ended_at bigint,
  destroy_due bigint,
  last_used_at bigint,
  head_leaf bigint NOT NULL,
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX key_label_idx ON app.key (tenant_id, environment_id, lower(label), id);
CREATE INDEX key_created_idx ON app.key (tenant_id, environment_id, created, id);
CREATE INDEX key_last_used_idx ON app.key (tenant_id, environment_id, COALESCE(last_used_at, -1), id);
CREATE INDEX key_ends_idx
  ON app.key (tenant_id, environment_id, COALESCE(LEAST(ends_at, destroy_due), 9007199254740991), id);
CREATE INDEX key_state_idx ON app.key (tenant_id, environment_id, state);

CREATE TABLE app.key_version (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  key_id text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  created bigint NOT NULL,
  commit text NOT NULL,
  kcv text,
  PRIMARY KEY (tenant_id, environment_id, key_id, version),
  FOREIGN KEY (tenant_id, environment_id, key_id) REFERENCES app.key (tenant_id, environment_id, id)
);

CREATE TABLE app.key_use (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  key_id text NOT NULL,
  client_id text NOT NULL,
  day integer NOT NULL,
  count bigint NOT NULL,
  bytes bigint NOT NULL,
  last_used_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, environment_id, key_id, client_id, day),
  FOREIGN KEY (tenant_id, environment_id, key_id) REFERENCES app.key (tenant_id, environment_id, id)
);

CREATE TABLE app.client (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id text NOT NULL CHECK (id ~ '^c_[a-z2-7]{26}$'),
  label text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'revoked')),
  spki text NOT NULL,
  grants jsonb NOT NULL,
  created bigint NOT NULL,
  not_after bigint NOT NULL,
  revoked bigint,
  last_used_at bigint,
  head_leaf bigint NOT NULL,
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX client_label_idx ON app.client (tenant_id, environment_id, lower(label), id);

CREATE TABLE app.report (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid,
  aid text NOT NULL,
  period_from bigint,
  period_to bigint,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  completed_at timestamptz(3),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id, request_id) REFERENCES app.agent_request (tenant_id, environment_id, id)
);
CREATE INDEX report_created_idx ON app.report (tenant_id, environment_id, created_at);

CREATE TABLE app.report_file (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  report_id uuid NOT NULL,
  name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'),
  media_type text NOT NULL CHECK (char_length(media_type) <= 128),
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL CHECK (char_length(sha256) = 43),
  part_count integer NOT NULL CHECK (part_count BETWEEN 1 AND 256),
  PRIMARY KEY (tenant_id, environment_id, report_id, name),
  FOREIGN KEY (tenant_id, environment_id, report_id) REFERENCES app.report (tenant_id, environment_id, id)
);

CREATE TABLE app.report_part (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  report_id uuid NOT NULL,
  name text NOT NULL,
  n integer NOT NULL CHECK (n BETWEEN 0 AND 255),
  data bytea NOT NULL CHECK (octet_length(data) <= 1048576),
  PRIMARY KEY (tenant_id, environment_id, report_id, name, n),
  FOREIGN KEY (tenant_id, environment_id, report_id, name)
    REFERENCES app.report_file (tenant_id, environment_id, report_id, name)
);

-- Forced: the owner, who migrates, sees no tenant's rows either. Without a tenant the setting is absent or empty, both
-- of which deny.
DO $$
DECLARE
  table_name text;
  tenant_column text;
BEGIN
  FOR table_name IN SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'app' LOOP
    tenant_column := CASE table_name WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END;
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      $policy$CREATE POLICY one_tenant ON app.%I
        USING (%I = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        WITH CHECK (%I = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$policy$,
      table_name, tenant_column, tenant_column);
  END LOOP;
END
$$;

-- Which tenants an account belongs to must be found before one is chosen: it may read its own memberships, no more.
CREATE POLICY own_memberships ON app.membership FOR SELECT
  USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);

-- What is history can be added to, not changed: log, chain and the bytes of commands.
GRANT SELECT ON ALL TABLES IN SCHEMA app TO holdfast_app;
GRANT INSERT ON ALL TABLES IN SCHEMA app TO holdfast_app;
GRANT UPDATE (name) ON app.tenant TO holdfast_app;
GRANT UPDATE (role), DELETE ON app.membership TO holdfast_app;
GRANT UPDATE (name, tid, roster_seq, roster_hash) ON app.environment TO holdfast_app;
GRANT UPDATE, DELETE ON app.agent TO holdfast_app;
GRANT UPDATE (taken_at, taken_by, done_at, code) ON app.agent_request TO holdfast_app;
GRANT UPDATE (cleared_at) ON app.alarm TO holdfast_app;
GRANT UPDATE (note) ON app.checkpoint TO holdfast_app;
GRANT UPDATE (size, root, cosignature, cosigned_at) ON app.witness_head TO holdfast_app;
GRANT UPDATE (delivered_at, status, code, have, need, due, entry, decided_at) ON app.command TO holdfast_app;
GRANT UPDATE, DELETE ON app.annotation TO holdfast_app;
GRANT UPDATE ON app.key, app.key_version, app.key_use, app.client TO holdfast_app;
GRANT UPDATE (completed_at), DELETE ON app.report TO holdfast_app;
GRANT DELETE ON app.report_file, app.report_part TO holdfast_app;
