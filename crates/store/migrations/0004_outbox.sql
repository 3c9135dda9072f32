-- The outbox: messages that programs have handed over.

CREATE TABLE messages (
    -- Sorts by when it was accepted: digits and lower case letters only, which every collation sorts alike.
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
    -- JSON; one row a message, since nearly every message has one recipient.
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

-- Apart, so that lists do not read contents, and so that they can be dropped.
CREATE TABLE message_contents (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    -- `utf8`: the octets are text; `base64` else.
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

-- What programs said to be the same request (draft-ietf-httpapi-idempotency-key-header).
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

CREATE TABLE sending_pauses (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    until BIGINT NOT NULL,
    finding TEXT NOT NULL
);

-- Messages handed to the mail server, by second, for limits a minute and a day; old rows are removed.
CREATE TABLE sent_counts (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    second BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (data_center, second)
);

-- The right to hold one of a limited number of connections.
CREATE TABLE connection_slots (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    slot BIGINT NOT NULL,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (data_center, slot)
);

-- What happened, by hour, for the chart and for those who watch; kept when messages are forgotten.
CREATE TABLE message_counts (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    event TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (data_center, hour, event)
);
