-- Everything a question needs, in one statement and so in one snapshot (rules 21 and 22). One row, always.
-- $1 hash of the asker's token, $2 the application asked about (else the asker's own), $3 the person's id, or $4 the
-- key of one of their addresses. The columns are read in this order by facts.rs.
SELECT
  (SELECT max(version) FROM catalogs),
  -- the asker's token
  t.id, t.expires, t.revoked,
  -- the application it belongs to
  ta.id, ta.owner_account, tao.deleted IS NOT NULL,
  -- or the grant behind it, and its holder's standing
  g.id, g.user_id, g.account_id, g.role, o.suspended_at IS NOT NULL, o.suspended_until, o.blocked_at IS NOT NULL,
  oa.deleted IS NOT NULL, ga.deleted IS NOT NULL,
  -- the person
  u.id, u.epoch, u.registered IS NOT NULL, u.suspended_at IS NOT NULL, u.suspended_until, u.blocked_at IS NOT NULL,
  a.id, a.kind, a.deleted IS NOT NULL, d.account_id, u.source_enabled, u.source_license, u.license, u.license_origin,
  u.waiting_license, u.trial_until,
  -- the application asked about
  p.id, p.owner_account, po.deleted IS NOT NULL, p.audience, l.account_id IS NOT NULL, p.required_license,
  p.required_feature
FROM (SELECT 1 AS one) AS always
LEFT JOIN api_tokens t ON t.hash = $1
LEFT JOIN applications ta ON ta.id = t.application_id
LEFT JOIN accounts tao ON tao.id = ta.owner_account
LEFT JOIN grants g ON g.id = t.grant_id
LEFT JOIN users o ON o.id = g.user_id
LEFT JOIN accounts oa ON oa.id = o.account_id
LEFT JOIN accounts ga ON ga.id = g.account_id
LEFT JOIN applications p ON p.id = COALESCE($2, t.application_id)
LEFT JOIN accounts po ON po.id = p.owner_account
LEFT JOIN users u ON u.id = COALESCE($3, (SELECT user_id FROM addresses WHERE key = $4))
LEFT JOIN accounts a ON a.id = u.account_id
LEFT JOIN domains d ON d.name = u.domain AND d.state = 'Verified'
LEFT JOIN application_accounts l ON l.application_id = p.id AND l.account_id = u.account_id
