-- Decisions made at the hosted page on their way to key servers, and what those said of them. A decision is a passkey's
-- signature over a command's hash: it verifies itself, and counts for what the key server lets it count for.
CREATE TABLE app.carried_approval (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  id text NOT NULL CHECK (char_length(id) = 43),
  hash text NOT NULL CHECK (char_length(hash) = 43),
  approval jsonb NOT NULL,
  place integer NOT NULL,
  given_by uuid NOT NULL,
  given_at timestamptz(3) NOT NULL DEFAULT now(),
  taken_at timestamptz(3),
  answered_at timestamptz(3),
  outcome text CHECK (outcome IN ('applied', 'scheduled', 'pending', 'refused', 'cancelled', 'expired')),
  code text CHECK (char_length(code) <= 64),
  PRIMARY KEY (tenant_id, environment_id, id),
  FOREIGN KEY (tenant_id, environment_id, hash) REFERENCES app.command (tenant_id, environment_id, hash)
);
CREATE INDEX carried_approval_open_idx ON app.carried_approval (tenant_id, environment_id, given_at, place)
  WHERE answered_at IS NULL;

ALTER TABLE app.carried_approval ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.carried_approval FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON app.carried_approval
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT ON app.carried_approval TO holdfast_app;
GRANT UPDATE (taken_at, answered_at, outcome, code) ON app.carried_approval TO holdfast_app;
