-- An enrolment secret stands among the clients and opens nothing: what it lets in. Of a client that came by one, which.
ALTER TABLE app.client
  ADD COLUMN permit jsonb,
  ADD COLUMN came_by text CHECK (char_length(came_by) <= 64);
