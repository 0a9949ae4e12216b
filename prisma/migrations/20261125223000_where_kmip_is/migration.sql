-- Where a key server answers KMIP, as it names itself.
ALTER TABLE app.agent ADD COLUMN kmip_url text CHECK (char_length(kmip_url) <= 512);
