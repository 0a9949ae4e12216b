-- Notices: where they go, what was told, and how each delivery stands. No secret is stored: a webhook's is derived from
-- the gateway's notice key, the channel and its generation.

CREATE TABLE app.notice_channel (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id uuid NOT NULL,
  form text NOT NULL CHECK (form IN ('webhook', 'mail')),
  target text NOT NULL CHECK (char_length(target) BETWEEN 1 AND 2048),
  kinds text[] NOT NULL,
  generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1),
  previous_until timestamptz(3),
  confirmed_at timestamptz(3),
  confirm_tries integer NOT NULL DEFAULT 0,
  created_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

CREATE TABLE app.notice (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (char_length(kind) <= 64),
  -- What it told of, so that nothing is told twice.
  subjects text[] NOT NULL,
  body text NOT NULL CHECK (char_length(body) <= 65536),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX notice_created_idx ON app.notice (tenant_id, environment_id, created_at);

CREATE TABLE app.notice_delivery (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  notice_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL DEFAULT now(),
  tried_at timestamptz(3),
  code text CHECK (char_length(code) <= 64),
  status integer,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, notice_id, channel_id),
  FOREIGN KEY (tenant_id, environment_id, notice_id) REFERENCES app.notice (tenant_id, environment_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, environment_id, channel_id)
    REFERENCES app.notice_channel (tenant_id, environment_id, id) ON DELETE CASCADE
);
CREATE INDEX notice_delivery_due_idx ON app.notice_delivery (tenant_id, environment_id, state, next_at);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['notice_channel', 'notice', 'notice_delivery'] LOOP
    EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      $policy$CREATE POLICY one_tenant ON app.%I
        USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$policy$,
      table_name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, DELETE ON app.notice_channel, app.notice, app.notice_delivery TO holdfast_app;
GRANT UPDATE (kinds, generation, previous_until, confirmed_at, confirm_tries) ON app.notice_channel TO holdfast_app;
GRANT UPDATE (state, tries, next_at, tried_at, code, status) ON app.notice_delivery TO holdfast_app;

-- Which tenants have a channel, and when the one worker that holds the turn looks at them next.
CREATE TABLE identity.notice_turn (
  tenant_id uuid PRIMARY KEY,
  due_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX notice_turn_due_at_idx ON identity.notice_turn (due_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.notice_turn TO holdfast_identity;
