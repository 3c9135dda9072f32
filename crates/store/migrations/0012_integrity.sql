-- MACs of the rows that decide access, and the versions of the rows in force. Rows from before have no MAC and are
-- invalid.

ALTER TABLE accounts ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN mac TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN mac TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN mac TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN mac TEXT NOT NULL DEFAULT '';
ALTER TABLE authorizations ADD COLUMN mac TEXT NOT NULL DEFAULT '';

-- JSON: the version of each account, session, link and API key in force. Part of what the MAC of the head covers.
ALTER TABLE audit_head ADD COLUMN manifest TEXT NOT NULL DEFAULT '';
