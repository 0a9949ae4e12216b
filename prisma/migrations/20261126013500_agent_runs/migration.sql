-- Which run of its program a key server's polls come from, and which came before: one that comes back after another
-- means that two run under one identity.
ALTER TABLE app.agent
  ADD COLUMN run_id text CHECK (char_length(run_id) <= 64),
  ADD COLUMN earlier_runs text[] NOT NULL DEFAULT '{}' CHECK (cardinality(earlier_runs) <= 16);
