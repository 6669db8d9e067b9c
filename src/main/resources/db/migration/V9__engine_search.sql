-- A search that others do may be another engine's. It has one job of a dataset at a time, for all requests that wait for it.
ALTER TABLE shared_search
    -- Since when it waits for the engine; null if it is not the engine's.
    ADD COLUMN engine_asked_at timestamptz,
    -- Of how many searches a job with this one may be at most: of fewer after one that failed.
    ADD COLUMN most_together int,
    -- The job that it is, or was, part of.
    ADD COLUMN engine_job uuid,
    -- What the engine has told; null as long as it has not.
    ADD COLUMN engine_answer jsonb;

CREATE TABLE engine_job (
    dataset text PRIMARY KEY,
    id uuid NOT NULL,
    -- The request whose step does the job.
    led_by uuid NOT NULL
);
