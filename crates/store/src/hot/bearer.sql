-- An access or refresh token, the person and the application it was made for, and who asks about it, in one statement
-- and so in one snapshot (rules 21 to 23). One row, always. $1 hash of the asking application's token, $2 hash of the
-- access or refresh token. It is looked for among refresh tokens only when it is no access token.
SELECT
  (SELECT max(version) FROM catalogs),
  -- the asking application's token, and whose it is
  t.id, t.expires, t.revoked, c.id, c.owner_account, co.deleted IS NOT NULL,
  -- the token that is asked about
  x.id, x.scope, x.created, x.expires, r.id, r.created, r.expires, r.used,
  -- what it was made from
  z.sid, z.epoch, z.scope, z.authenticated, z.methods, z.expires, z.ended,
  -- the person
  u.id, u.epoch, u.registered IS NOT NULL, u.suspended_at IS NOT NULL, u.suspended_until, u.blocked_at IS NOT NULL,
  a.id, a.kind, a.deleted IS NOT NULL, d.account_id, u.source_enabled, u.source_license, u.license, u.license_origin,
  u.waiting_license, u.trial_until, u.address, n.user_id IS NOT NULL, u.display_name,
  -- the application it was made for
  p.id, p.owner_account, po.deleted IS NOT NULL, p.audience, l.account_id IS NOT NULL, p.required_license,
  p.required_feature
FROM (SELECT 1 AS one) AS always
LEFT JOIN api_tokens t ON t.hash = $1
LEFT JOIN applications c ON c.id = t.application_id
LEFT JOIN accounts co ON co.id = c.owner_account
LEFT JOIN access_tokens x ON x.hash = $2
LEFT JOIN refresh_tokens r ON r.hash = CASE WHEN x.id IS NULL THEN $2 END
LEFT JOIN authorizations z ON z.id = COALESCE(x.authorization_id, r.authorization_id)
LEFT JOIN applications p ON p.id = z.application_id
LEFT JOIN accounts po ON po.id = p.owner_account
LEFT JOIN users u ON u.id = z.user_id
LEFT JOIN accounts a ON a.id = u.account_id
LEFT JOIN domains d ON d.name = u.domain AND d.state = 'Verified'
LEFT JOIN unproved_addresses n ON n.user_id = u.id AND n.address_key = u.address_key
LEFT JOIN application_accounts l ON l.application_id = p.id AND l.account_id = u.account_id
