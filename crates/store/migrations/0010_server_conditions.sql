-- Alert conditions of a server, besides those of a data center. Exactly one of `data_center` and `server` is set.

CREATE TABLE alert_conditions_of_all (
    id TEXT PRIMARY KEY,
    data_center TEXT REFERENCES data_centers (id) ON DELETE CASCADE,
    server TEXT,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- Incremented by the server that has the condition. If it stands still, that server is gone.
    beats BIGINT NOT NULL,
    CHECK ((data_center IS NULL) <> (server IS NULL))
);

INSERT INTO alert_conditions_of_all (id, data_center, kind, facts, since, beats)
    SELECT id, data_center, kind, facts, since, 0 FROM alert_conditions;

DROP TABLE alert_conditions;

ALTER TABLE alert_conditions_of_all RENAME TO alert_conditions;

-- A NULL equals no other NULL in a unique index.
CREATE UNIQUE INDEX alert_conditions_data_center ON alert_conditions (data_center, kind);
CREATE UNIQUE INDEX alert_conditions_server ON alert_conditions (server, kind);
