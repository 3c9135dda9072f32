-- Who may do what. Authorizations and drafts belong to sessions now.

ALTER TABLE authorizations RENAME COLUMN browser_hash TO session;
ALTER TABLE drafts RENAME COLUMN browser_hash TO session;
