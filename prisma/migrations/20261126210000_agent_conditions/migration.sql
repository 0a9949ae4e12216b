-- What a key server says that a person has to see to there: kinds, moments, counts and codes, never a name.
ALTER TABLE app.agent ADD COLUMN conditions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(conditions) = 'array');
