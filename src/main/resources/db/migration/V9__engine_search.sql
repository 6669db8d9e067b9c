-- Searches that wait for another engine, which has one job of a dataset at a time, for all requests that wait for it.
CREATE TABLE engine_search (
    search_id uuid PRIMARY KEY REFERENCES shared_search ON DELETE CASCADE,
    asked_at timestamptz NOT NULL,
    -- Of how many searches a job with this one may be at most: of fewer after one that failed.
    most_together int NOT NULL,
    -- The request whose step does the job that this search is part of; null if there is none.
    led_by uuid,
    -- What the engine has told; null as long as it has not.
    answer jsonb
);
