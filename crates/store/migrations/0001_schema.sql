-- For SQLite and PostgreSQL alike: TEXT and BIGINT only. Times are Unix seconds, sealed values base64. README.md has the rules.

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
    grant_version BIGINT NOT NULL DEFAULT 0,
    -- When saved settings last removed a grant that was for other values.
    grant_removed_at BIGINT
);

INSERT INTO data_centers (id, name, folded, created_at) VALUES ('default', 'Default', 'default', 0);

CREATE TABLE smtp_settings (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id),
    version BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    -- JSON: the values of the form by their names, without its secrets.
    settings TEXT NOT NULL,
    -- Sealed.
    mailbox_password TEXT,
    client_secret TEXT,
    password TEXT
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
    session TEXT NOT NULL,
    binding TEXT NOT NULL,
    settings_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    taken_at BIGINT,
    state TEXT NOT NULL,
    finding TEXT,
    account TEXT,
    valid_until BIGINT,
    scope TEXT,
    mac TEXT NOT NULL DEFAULT '',
    -- The issuer that the metadata of the authorization server names, if it has any: JSON.
    issuer TEXT
);

CREATE INDEX authorizations_expires_at ON authorizations (expires_at);
CREATE INDEX authorizations_data_center ON authorizations (data_center);

CREATE TABLE drafts (
    session TEXT NOT NULL,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (session, data_center)
);

CREATE INDEX drafts_kept_at ON drafts (kept_at);
CREATE INDEX drafts_data_center ON drafts (data_center);

CREATE TABLE checks (
    id TEXT PRIMARY KEY,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    report TEXT NOT NULL,
    -- A check is stored when it starts, so that one that was cut leaves a trace: 'running', 'stopping' (a user asked to stop it),
    -- or 'ended'.
    state TEXT NOT NULL DEFAULT 'ended',
    -- Counted by the process that runs the check.
    heartbeats BIGINT NOT NULL DEFAULT 0,
    -- Orders checks of the same second.
    number BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX checks_data_center ON checks (data_center, started_at);

-- Access. `mac` authenticates the columns of a row that decide access; a row without a valid MAC is invalid (ADR 16).

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    -- Argon2id as a PHC string; NULL until a password is set.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT,
    version BIGINT NOT NULL DEFAULT 0,
    mac TEXT NOT NULL DEFAULT ''
);

-- One row. A transaction that changes who is an administrator locks it first, so that the last one stays.
CREATE TABLE administrators_lock (id BIGINT PRIMARY KEY CHECK (id = 1));

INSERT INTO administrators_lock (id) VALUES (1);

CREATE TABLE links (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at BIGINT,
    mac TEXT NOT NULL DEFAULT ''
);

CREATE INDEX links_account ON links (account);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    mac TEXT NOT NULL DEFAULT ''
);

CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE sign_in_attempts (
    bucket TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    -- 1 if an attempt was rejected since.
    slowed BIGINT NOT NULL
);

CREATE INDEX sign_in_attempts_last_at ON sign_in_attempts (last_at);

-- Programs and devices that submit mail.
CREATE TABLE senders (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    -- The user name of the SMTP credentials, if there are any.
    user_name TEXT UNIQUE,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    -- JSON: networks, limits, expiry, and rules.
    settings TEXT NOT NULL,
    -- JSON: keyed hashes of the passwords, newest first, with their times.
    passwords TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    accepted BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL,
    mac TEXT NOT NULL DEFAULT ''
);

CREATE INDEX senders_data_center ON senders (data_center);

-- One row. A transaction that adds or changes a sender locks it first, so that names and networks stay unique.
CREATE TABLE senders_lock (id BIGINT PRIMARY KEY CHECK (id = 1));

INSERT INTO senders_lock (id) VALUES (1);

-- Accepted messages by minute (its first second), for the limits of senders; old rows are removed.
CREATE TABLE sender_counts (
    sender TEXT NOT NULL REFERENCES senders (id) ON DELETE CASCADE,
    minute BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (sender, minute)
);

CREATE INDEX sender_counts_minute ON sender_counts (minute);

-- The last SMTP sessions of each sender, and of unknown clients; old rows are removed.
CREATE TABLE sender_sessions (
    -- Sorts by the time of the connection: digits and lowercase letters only.
    id TEXT PRIMARY KEY,
    -- NULL for a client that is unknown.
    sender TEXT REFERENCES senders (id) ON DELETE CASCADE,
    -- 1 if nothing was refused.
    clean BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    -- JSON: everything else, redacted.
    session TEXT NOT NULL
);

CREATE INDEX sender_sessions_sender ON sender_sessions (sender, clean, id);
CREATE INDEX sender_sessions_began_at ON sender_sessions (began_at);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    data_center TEXT REFERENCES data_centers (id) ON DELETE CASCADE,
    -- The sender whose rules apply to the mail of the key.
    sender TEXT REFERENCES senders (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    ended_at BIGINT,
    mac TEXT NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX api_keys_folded ON api_keys (folded) WHERE ended_at IS NULL;
CREATE INDEX api_keys_data_center ON api_keys (data_center);
CREATE INDEX api_keys_sender ON api_keys (sender);

-- The audit. Rows are only added; each has the hash of the one before.

CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    who_kind TEXT NOT NULL,
    who_name TEXT NOT NULL,
    -- For filters: the folded name.
    who_folded TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_folded TEXT NOT NULL,
    changes TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_at ON audit (at, sequence);
CREATE INDEX audit_who ON audit (who_folded, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
CREATE INDEX audit_subject ON audit (subject_folded, sequence);

-- The end of the chain, and the key of its hashes.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sealed_key TEXT,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mac TEXT NOT NULL,
    -- JSON: the version of each account, session, link, sender, and API key in force. Part of what the MAC of the head covers.
    manifest TEXT NOT NULL DEFAULT ''
);

INSERT INTO audit_head (id, sealed_key, sequence, hash, mac) VALUES (1, NULL, 0, '', '');

-- The outbox: messages that programs submitted.

CREATE TABLE messages (
    -- Sorts by the time of acceptance: digits and lowercase letters only, which every collation sorts alike.
    id TEXT PRIMARY KEY,
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    finished_at BIGINT,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    from_header TEXT NOT NULL,
    subject TEXT NOT NULL,
    size BIGINT NOT NULL,
    submitted_kind TEXT NOT NULL,
    submitted_name TEXT NOT NULL,
    -- JSON: how the message came in, with the address and the name of the client.
    arrival TEXT NOT NULL,
    -- JSON in the same row, because nearly every message has one recipient.
    recipients TEXT NOT NULL,
    -- Subject, addresses and Message-ID in lower case.
    search TEXT NOT NULL,
    finding TEXT
);

CREATE INDEX messages_due ON messages (data_center, due_at, id) WHERE state = 'waiting';
CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending';
CREATE INDEX messages_state ON messages (state, id);
CREATE INDEX messages_data_center ON messages (data_center, id);
CREATE INDEX messages_message_id ON messages (message_id);
CREATE INDEX messages_finished_at ON messages (finished_at) WHERE finished_at IS NOT NULL;

-- A separate table, so that lists do not read contents and contents can be deleted first.
CREATE TABLE message_contents (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    -- `utf8` if the octets are text, otherwise `base64`.
    encoding TEXT NOT NULL,
    content TEXT NOT NULL
);

CREATE TABLE message_attempts (
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    micros BIGINT NOT NULL,
    server TEXT NOT NULL,
    outcome TEXT NOT NULL,
    finding TEXT,
    transcript TEXT NOT NULL,
    PRIMARY KEY (message, number)
);

-- Identifiers in the replies that accepted the message: each transaction of an attempt has its own.
-- Providers that replace the Message-ID name them in their reports.
CREATE TABLE message_provider_ids (
    message TEXT NOT NULL,
    number BIGINT NOT NULL,
    provider_id TEXT NOT NULL,
    PRIMARY KEY (message, number, provider_id),
    FOREIGN KEY (message, number) REFERENCES message_attempts (message, number) ON DELETE CASCADE
);

CREATE INDEX message_provider_ids_provider_id ON message_provider_ids (provider_id);

-- Requests that programs marked as the same (draft-ietf-httpapi-idempotency-key-header).
CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner, idempotency_key)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_message ON idempotency_keys (message);

CREATE TABLE sending_settings (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    settings TEXT NOT NULL
);

-- What the mail server said to the last EHLO after a sign-in with this version of the settings.
CREATE TABLE server_extensions (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    settings_version BIGINT NOT NULL,
    smtputf8 BIGINT NOT NULL
);

CREATE TABLE sending_pauses (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    until BIGINT NOT NULL,
    finding TEXT NOT NULL
);

-- Messages sent to the mail server, by second, for the limits per minute and day; old rows are removed.
CREATE TABLE sent_counts (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    second BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (data_center, second)
);

-- Permits for a limited number of connections.
CREATE TABLE connection_slots (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    slot BIGINT NOT NULL,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (data_center, slot)
);

-- Events by hour, for the chart and the metrics; kept when messages are deleted.
CREATE TABLE message_counts (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    event TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (data_center, hour, event)
);

-- Alerts: conditions, notification channels, and the notifications.

CREATE TABLE alert_settings (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE alert_channels (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The host of the URL; empty for mail.
    host TEXT NOT NULL,
    -- Sealed, because the URL of a chat's webhook is enough to write there.
    url TEXT,
    secret TEXT,
    via TEXT,
    recipient TEXT
);

-- Conditions that hold now. The transaction that adds or removes a row also adds its notifications, so of many servers one does.
-- Exactly one of `data_center` and `server` is set.
CREATE TABLE alert_conditions (
    id TEXT PRIMARY KEY,
    data_center TEXT REFERENCES data_centers (id) ON DELETE CASCADE,
    server TEXT,
    -- No foreign key: channels are notified when the alert about a removed sender ends.
    sender TEXT,
    sender_name TEXT,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- Incremented by the server that has the condition. If it stands still, that server is gone.
    beats BIGINT NOT NULL,
    CHECK (CASE WHEN data_center IS NULL THEN 0 ELSE 1 END + CASE WHEN server IS NULL THEN 0 ELSE 1 END
        + CASE WHEN sender IS NULL THEN 0 ELSE 1 END = 1)
);

-- A NULL equals no other NULL in a unique index.
CREATE UNIQUE INDEX alert_conditions_data_center ON alert_conditions (data_center, kind);
CREATE UNIQUE INDEX alert_conditions_server ON alert_conditions (server, kind);
CREATE UNIQUE INDEX alert_conditions_sender ON alert_conditions (sender, kind);

-- When servers last evaluated alerts, and since when they have done so without a longer interruption. Silence of
-- senders only counts from then on.
CREATE TABLE alert_watch (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    alive_at BIGINT NOT NULL,
    since BIGINT NOT NULL
);

INSERT INTO alert_watch (id, alive_at, since) VALUES (1, 0, 0);

CREATE TABLE alert_notifications (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES alert_channels (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    condition_id TEXT NOT NULL,
    condition TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    finished_at BIGINT,
    failure TEXT,
    lease_owner TEXT,
    lease_until BIGINT
);

CREATE INDEX alert_notifications_waiting ON alert_notifications (channel, id) WHERE state = 'waiting';
CREATE INDEX alert_notifications_condition ON alert_notifications (condition_id);
CREATE INDEX alert_notifications_finished_at ON alert_notifications (finished_at) WHERE finished_at IS NOT NULL;

-- The daily check of each data center: the last day (counted from its own time of day) that it was started for.
CREATE TABLE daily_checks (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    finding TEXT
);

-- Written to test that the database accepts writes.
CREATE TABLE write_probes (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL
);

INSERT INTO write_probes (id, at) VALUES (1, 0);

-- Positions of the readers of incoming mail.

CREATE TABLE mail_cursors (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    -- The mailbox that the UIDs belong to. Empty before the first poll.
    mailbox TEXT NOT NULL,
    uid_validity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (data_center, reader)
);

-- Webhooks for inbound mail.
CREATE TABLE inbound_webhooks (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    -- For display; the URL itself is a secret.
    host TEXT NOT NULL,
    -- Sealed.
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    -- The failure of the last delivery, and the time of the first one in a row.
    failure TEXT,
    failing_since BIGINT
);
