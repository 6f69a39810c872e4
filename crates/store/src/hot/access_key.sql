-- An access key, the grant behind it and its holder's facts, in one statement. $1 the key's id.
SELECT
  k.secret_sealed, k.expires, k.revoked, k.most, k.within_account,
  g.id, g.user_id, g.account_id, g.role, ga.deleted IS NOT NULL,
  o.id, o.epoch, o.registered IS NOT NULL, o.suspended_at IS NOT NULL, o.suspended_until, o.blocked_at IS NOT NULL,
  oa.id, oa.kind, oa.deleted IS NOT NULL, od.account_id, o.source_enabled, o.source_license, o.license, o.license_origin,
  o.waiting_license, o.trial_until
FROM access_keys k
JOIN grants g ON g.id = k.grant_id
JOIN users o ON o.id = g.user_id
LEFT JOIN accounts oa ON oa.id = o.account_id
LEFT JOIN domains od ON od.name = o.domain AND od.state = 'Verified'
LEFT JOIN accounts ga ON ga.id = COALESCE(k.within_account, g.account_id)
WHERE k.id = $1
