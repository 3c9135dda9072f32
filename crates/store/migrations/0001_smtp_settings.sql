-- For SQLite and PostgreSQL alike: TEXT and BIGINT only. Times are Unix seconds, sealed values base64.

CREATE TABLE seal_check (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sealed TEXT NOT NULL
);

CREATE TABLE data_centers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    -- The highest version of a grant that is gone, so that no version comes back.
    grant_version BIGINT NOT NULL DEFAULT 0
);

INSERT INTO data_centers (id, name, folded, created_at) VALUES ('default', 'Default', 'default', 0);

CREATE TABLE smtp_settings (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id),
    version BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    tls_minimum TEXT NOT NULL,
    from_name TEXT,
    from_address TEXT NOT NULL,
    mailbox_email TEXT,
    mailbox_password TEXT,
    mailbox_host TEXT,
    mailbox_port BIGINT,
    authentication TEXT NOT NULL,
    username TEXT,
    password TEXT,
    client_id TEXT,
    client_secret TEXT,
    authorization_endpoint TEXT,
    token_endpoint TEXT,
    scope TEXT,
    redirect_url TEXT
);

CREATE TABLE grants (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    binding TEXT NOT NULL,
    access_token TEXT NOT NULL,
    refresh_token TEXT,
    expires_at BIGINT NOT NULL,
    scope TEXT NOT NULL,
    account TEXT,
    authorized_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    finding TEXT,
    failures BIGINT,
    retry_at BIGINT,
    ended_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT
);

CREATE TABLE authorizations (
    id TEXT PRIMARY KEY,
    state_hash TEXT NOT NULL UNIQUE,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    verifier TEXT,
    redirect_url TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    binding TEXT NOT NULL,
    settings_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    taken_at BIGINT,
    state TEXT NOT NULL,
    finding TEXT,
    account TEXT,
    valid_until BIGINT,
    scope TEXT
);

CREATE INDEX authorizations_expires_at ON authorizations (expires_at);
CREATE INDEX authorizations_data_center ON authorizations (data_center);

CREATE TABLE drafts (
    browser_hash TEXT NOT NULL,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (browser_hash, data_center)
);

CREATE INDEX drafts_kept_at ON drafts (kept_at);
CREATE INDEX drafts_data_center ON drafts (data_center);

CREATE TABLE checks (
    id TEXT PRIMARY KEY,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    report TEXT NOT NULL
);

CREATE INDEX checks_data_center ON checks (data_center, started_at);
