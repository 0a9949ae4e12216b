-- How much of a key's usage limit its key server has given out, as the log told last; null where it told nothing yet.
ALTER TABLE app.key ADD COLUMN limit_spent bigint;

-- Keys of which something is planned besides a cryptoperiod: few, and asked for together.
CREATE INDEX key_planned
  ON app.key (tenant_id, environment_id)
  WHERE planned ?| ARRAY['activation', 'protectStop', 'deactivation', 'recipientSec', 'schedules', 'limit'];
