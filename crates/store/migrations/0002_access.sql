-- Who may do what. Authorizations and drafts belong to sessions now.

ALTER TABLE authorizations RENAME COLUMN browser_hash TO session;
ALTER TABLE drafts RENAME COLUMN browser_hash TO session;

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    -- Argon2id as a PHC string; NULL until somebody has chosen one.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT
);

-- One row. Whoever changes who is an administrator locks it first, so that the last one stays.
CREATE TABLE administrators_lock (id BIGINT PRIMARY KEY CHECK (id = 1));

INSERT INTO administrators_lock (id) VALUES (1);

CREATE TABLE links (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at BIGINT
);

CREATE INDEX links_account ON links (account);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);

CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE devices (
    token_hash TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    used_at BIGINT NOT NULL
);

CREATE INDEX devices_account ON devices (account);

CREATE TABLE sign_in_attempts (
    bucket TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    -- 1 when an attempt has been turned away since.
    slowed BIGINT NOT NULL
);

CREATE INDEX sign_in_attempts_last_at ON sign_in_attempts (last_at);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    data_center TEXT REFERENCES data_centers (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    ended_at BIGINT
);

CREATE UNIQUE INDEX api_keys_folded ON api_keys (folded) WHERE ended_at IS NULL;
CREATE INDEX api_keys_data_center ON api_keys (data_center);
