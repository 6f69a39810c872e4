-- An access key, the grant behind it and its holder's standing, in one statement. $1 the key's id.
SELECT
  k.secret_sealed, k.expires, k.revoked,
  g.id, g.user_id, g.account_id, g.role, o.suspended_at IS NOT NULL, o.suspended_until, o.blocked_at IS NOT NULL,
  oa.deleted IS NOT NULL, ga.deleted IS NOT NULL
FROM access_keys k
JOIN grants g ON g.id = k.grant_id
JOIN users o ON o.id = g.user_id
LEFT JOIN accounts oa ON oa.id = o.account_id
LEFT JOIN accounts ga ON ga.id = g.account_id
WHERE k.id = $1
