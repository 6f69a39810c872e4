# May this person sign in to the application? Ask each time, and let nobody in when there is no answer.
curl -s {issuer}/access/v1/evaluation -H "Authorization: Bearer {secret}" -H "Content-Type: application/json" -d '{
    "subject": {"type": "user", "id": "ada@example.org"},
    "action": {"name": "sign_in"},
    "resource": {"type": "application", "id": "{client_id}"}}'
