-- Proposed changes of administrators and rules in the mailbox, and what newcomers gave to key servers. Only signed
-- bytes say what a change does; the other columns repeat them for sorting, or say how far a key server is with it.
CREATE TABLE app.roster_proposal (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  hash text NOT NULL CHECK (char_length(hash) = 43),
  doc text NOT NULL CHECK (char_length(doc) <= 349526),
  intros jsonb NOT NULL,
  seq bigint NOT NULL,
  issued bigint NOT NULL,
  exp bigint NOT NULL,
  proposed_by uuid,
  proposed_at timestamptz(3) NOT NULL DEFAULT now(),
  delivered_at timestamptz(3),
  status text NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'scheduled', 'applied', 'cancelled', 'expired', 'refused', 'withdrawn')),
  code text CHECK (char_length(code) <= 64),
  have_old integer NOT NULL DEFAULT 0,
  need_old integer NOT NULL DEFAULT 1,
  have_new integer NOT NULL DEFAULT 0,
  need_new integer NOT NULL DEFAULT 1,
  due bigint,
  decided_at timestamptz(3),
  PRIMARY KEY (tenant_id, environment_id, hash),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);
CREATE INDEX roster_proposal_status_idx ON app.roster_proposal (tenant_id, environment_id, status, proposed_at, hash);

CREATE TABLE app.introduction (
  tenant_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  hash text NOT NULL CHECK (char_length(hash) = 43),
  doc text NOT NULL CHECK (char_length(doc) <= 21846),
  until bigint NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, environment_id, hash),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id)
);

ALTER TABLE app.roster_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.roster_proposal FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON app.roster_proposal
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
ALTER TABLE app.introduction ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.introduction FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON app.introduction
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT ON app.roster_proposal, app.introduction TO holdfast_app;
GRANT UPDATE (delivered_at, status, code, have_old, need_old, have_new, need_new, due, decided_at)
  ON app.roster_proposal TO holdfast_app;
GRANT DELETE ON app.introduction TO holdfast_app;
