-- How far the search of a lake dataset has come for a request: figures to look at, which nothing is decided by. A search
-- that begins later takes the row over, and figures never go back, whichever replica writes last.
CREATE TABLE lake_progress (
    request_id       uuid        NOT NULL REFERENCES data_subject_request,
    dataset          text        NOT NULL,
    run              integer     NOT NULL,
    begun_at         timestamptz NOT NULL,
    files            bigint      NOT NULL,
    files_done       bigint      NOT NULL,
    bytes            bigint      NOT NULL,
    bytes_done       bigint      NOT NULL,
    bytes_per_second bigint,
    noted_at         timestamptz NOT NULL,
    PRIMARY KEY (request_id, dataset)
);
