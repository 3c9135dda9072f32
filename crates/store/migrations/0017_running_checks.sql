-- A check is stored when it starts, so that one that was cut leaves a trace: 'running', 'stopping' (somebody has
-- asked it to end) or 'ended'. While it runs, its process counts heartbeats. The number orders checks of one second.
ALTER TABLE checks ADD COLUMN state TEXT NOT NULL DEFAULT 'ended';
ALTER TABLE checks ADD COLUMN heartbeats BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checks ADD COLUMN number BIGINT NOT NULL DEFAULT 0;

-- When saved settings last removed a grant that was for other values.
ALTER TABLE data_centers ADD COLUMN grant_removed_at BIGINT;
