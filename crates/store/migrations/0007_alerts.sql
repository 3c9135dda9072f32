-- Alerts: what is wrong with data centers, who is told, and what was told.

CREATE TABLE alert_settings (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE alert_routes (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The host of the URL; empty for mail.
    host TEXT NOT NULL,
    -- Sealed: whoever knows the URL of a chat's webhook can write there.
    url TEXT,
    secret TEXT,
    via TEXT,
    recipient TEXT
);

-- What is wrong now. Who adds or removes a row adds what is to be told in the same transaction, so of many servers one does.
CREATE TABLE alert_conditions (
    data_center TEXT NOT NULL REFERENCES data_centers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    facts TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (data_center, kind)
);

CREATE TABLE alert_tellings (
    id TEXT PRIMARY KEY,
    route TEXT NOT NULL REFERENCES alert_routes (id) ON DELETE CASCADE,
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

CREATE INDEX alert_tellings_waiting ON alert_tellings (route, id) WHERE state = 'waiting';
CREATE INDEX alert_tellings_condition ON alert_tellings (condition_id);
CREATE INDEX alert_tellings_finished_at ON alert_tellings (finished_at) WHERE finished_at IS NOT NULL;

-- The daily check of each data center: the day (counted from its own time of day) it was last begun for.
CREATE TABLE daily_checks (
    data_center TEXT PRIMARY KEY REFERENCES data_centers (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    finding TEXT
);

-- Written to see whether the database can be written.
CREATE TABLE write_probes (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL
);

INSERT INTO write_probes (id, at) VALUES (1, 0);
