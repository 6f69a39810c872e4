-- Everything an application's question needs, in one statement and so in one snapshot (rules 21 and 22). One row, always.
-- $1 hash of the asker's token, $2 the application asked about, unless the token is an application's, which asks for
-- itself; $3 the person's id, or $4 the key of one of their addresses. The columns are read in this order by facts.rs.
SELECT
  (SELECT max(version) FROM catalogs),
  -- the asker's token
  t.id, t.expires, t.revoked, t.application_id, t.grant_id AS grant_id, t.most, t.within_account AS within_account,
  -- the person
  u.id, u.epoch, u.registered IS NOT NULL, u.suspended_at IS NOT NULL, u.suspended_until, u.blocked_at IS NOT NULL,
  a.id, a.kind, a.deleted IS NOT NULL, d.account_id, u.source_enabled, u.source_license, u.license, u.license_origin,
  u.waiting_license, u.trial_until,
  -- the application asked about
  p.id, p.owner_account, po.deleted IS NOT NULL, p.audience, l.account_id IS NOT NULL, p.required_license,
  p.required_feature
FROM (SELECT 1 AS one) AS always
LEFT JOIN api_tokens t ON t.hash = $1
LEFT JOIN applications p ON p.id = COALESCE(t.application_id, $2)
LEFT JOIN accounts po ON po.id = p.owner_account
LEFT JOIN users u ON u.id = COALESCE($3, (SELECT user_id FROM addresses WHERE key = $4))
LEFT JOIN accounts a ON a.id = u.account_id
LEFT JOIN domains d ON d.name = u.domain AND d.state = 'Verified'
LEFT JOIN application_accounts l ON l.application_id = p.id AND l.account_id = u.account_id
