-- A browser's session, the person behind it, and an application they may want to enter, in one statement and so in one
-- snapshot (rules 21 to 23). One row, always. $1 hash of the cookie, $2 the application.
SELECT
  (SELECT max(version) FROM catalogs),
  -- the session
  s.id, s.epoch, s.created, s.authenticated, s.methods, s.expires, s.last_used,
  -- the person
  u.id, u.epoch, u.registered IS NOT NULL, u.suspended_at IS NOT NULL, u.suspended_until, u.blocked_at IS NOT NULL,
  a.id, a.kind, a.deleted IS NOT NULL, d.account_id, u.source_enabled, u.source_license, u.license, u.license_origin,
  u.waiting_license, u.trial_until, u.address, n.user_id IS NOT NULL, u.display_name,
  -- the application
  p.id, p.owner_account, po.deleted IS NOT NULL, p.audience, l.account_id IS NOT NULL, p.required_license,
  p.required_feature
FROM (SELECT 1 AS one) AS always
LEFT JOIN sessions s ON s.hash = $1
LEFT JOIN applications p ON p.id = $2
LEFT JOIN accounts po ON po.id = p.owner_account
LEFT JOIN users u ON u.id = s.user_id
LEFT JOIN accounts a ON a.id = u.account_id
LEFT JOIN domains d ON d.name = u.domain AND d.state = 'Verified'
LEFT JOIN unproved_addresses n ON n.user_id = u.id AND n.address_key = u.address_key
LEFT JOIN application_accounts l ON l.application_id = p.id AND l.account_id = u.account_id
