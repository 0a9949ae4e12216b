-- What kind of object a key is, whether somebody held it before, and the dates that are planned for it. Whatever was
-- written before is a symmetric key that was made at its key server.
ALTER TABLE app.key
  ADD COLUMN type text NOT NULL DEFAULT 'symmetric-key',
  ADD COLUMN bits bigint,
  ADD COLUMN is_registered boolean NOT NULL DEFAULT false,
  ADD COLUMN planned jsonb NOT NULL DEFAULT '{}';
