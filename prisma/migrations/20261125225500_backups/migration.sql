-- What a key server says of its backups: keys in none, when the newest was made, to how many places it makes them by
-- itself (null: by hand only), and which of these fail.
ALTER TABLE app.agent
  ADD COLUMN unbacked_count integer,
  ADD COLUMN backup_at bigint,
  ADD COLUMN backup_places integer,
  ADD COLUMN backup_failing text CHECK (char_length(backup_failing) <= 512);
