-- Decisions made at the hosted page stop changes of administrators and rules too.
ALTER TABLE app.carried_approval
  ADD COLUMN kind text NOT NULL DEFAULT 'command' CHECK (kind IN ('command', 'change')),
  DROP CONSTRAINT carried_approval_tenant_id_environment_id_hash_fkey,
  ADD FOREIGN KEY (tenant_id, environment_id) REFERENCES app.environment (tenant_id, id);
