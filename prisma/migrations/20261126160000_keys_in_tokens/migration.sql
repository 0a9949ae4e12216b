-- Whether a key's material is in its key server's token (a hardware module), which it never leaves.
ALTER TABLE app.key ADD COLUMN is_in_token boolean NOT NULL DEFAULT false;

-- What was read before has both from the newest state that the log carries: browsers compare what they show with it.
UPDATE app.key AS known
SET is_in_token = newest.doc ->> 'store' IS NOT DISTINCT FROM 'hsm',
    planned = CASE
      WHEN newest.doc -> 'dates' ? 'activated'
        THEN known.planned || jsonb_build_object('activated', newest.doc -> 'dates' -> 'activated')
      ELSE known.planned
    END
FROM (
  SELECT DISTINCT ON (tenant_id, environment_id, subject)
    tenant_id, environment_id, subject,
    convert_from(
      decode(rpad(translate(state, '-_', '+/'), ((length(state) + 3) / 4) * 4, '='), 'base64'), 'UTF8'
    )::jsonb AS doc
  FROM app.log_entry
  WHERE state IS NOT NULL AND subject LIKE 'k\_%'
  ORDER BY tenant_id, environment_id, subject, n DESC
) AS newest
WHERE newest.tenant_id = known.tenant_id AND newest.environment_id = known.environment_id AND newest.subject = known.id;
