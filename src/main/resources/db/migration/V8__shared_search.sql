-- The search of a large lake dataset for one request, which replicas share: which files there are, who is at them, and what they
-- brought. Forgotten once the dataset's answer is kept; a step that is late for that has nothing to write to.
CREATE TABLE shared_search (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES data_subject_request,
    dataset text NOT NULL,
    -- What the dataset was asked with when the search began.
    asked jsonb NOT NULL,
    UNIQUE (request_id, dataset)
);

CREATE TABLE shared_search_file (
    search_id uuid NOT NULL REFERENCES shared_search ON DELETE CASCADE,
    file text NOT NULL,
    length bigint NOT NULL,
    -- The step that reads the file, or has read it.
    step text,
    -- What reading it brought; null as long as nobody has read it to its end.
    answer jsonb,
    PRIMARY KEY (search_id, file)
);

CREATE INDEX shared_search_file_open ON shared_search_file (search_id, length) WHERE answer IS NULL;
