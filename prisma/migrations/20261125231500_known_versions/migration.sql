-- The newest version of a key that somebody held before it was brought in; 0 for one that was made at its key server.
ALTER TABLE app.key ADD COLUMN known_version bigint NOT NULL DEFAULT 0;
UPDATE app.key SET known_version = 1 WHERE is_registered;
