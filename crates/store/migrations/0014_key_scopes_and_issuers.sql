-- The issuer that the metadata of the authorization server names, if it has any: JSON.
ALTER TABLE authorizations ADD COLUMN issuer TEXT;

-- The scope `read` became `messages`, `mailbox`, and `metrics`. An older key keeps the messages, and opens no mailbox.

UPDATE api_keys SET scopes = REPLACE(scopes, 'read', 'messages');
