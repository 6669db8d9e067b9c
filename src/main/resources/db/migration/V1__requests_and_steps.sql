-- A data subject request, from acceptance to the end of its download link.
CREATE TABLE data_subject_request (
    id                 uuid PRIMARY KEY,
    type               text        NOT NULL,
    email_address      text        NOT NULL,
    language           text        NOT NULL,
    status             text        NOT NULL,
    received_at        timestamptz NOT NULL,
    due_at             timestamptz NOT NULL,
    caller             text        NOT NULL,
    greeting           text,
    package_volumes    jsonb,
    package_sealed_at  timestamptz,
    package_expires_at timestamptz,
    run                integer     NOT NULL DEFAULT 1,
    closed_at          timestamptz
);

-- The same person asking again while a request is open gets that request back. Held by the database, because two
-- requests can arrive at the same moment at two replicas. Without "C" the database's own language would say what the
-- lower case of a letter is, and in Turkish I and i are two letters.
CREATE UNIQUE INDEX one_open_request_a_person ON data_subject_request (type, lower(email_address COLLATE "C"))
    WHERE closed_at IS NULL;

-- A caller's own names for requests; two names can mean the same request.
CREATE TABLE idempotency_key (
    caller     text NOT NULL,
    key        text NOT NULL,
    request_id uuid NOT NULL REFERENCES data_subject_request,
    PRIMARY KEY (caller, key)
);

-- What has been done for a request and what is still to do.
CREATE TABLE request_step (
    request_id  uuid        NOT NULL REFERENCES data_subject_request,
    name        text        NOT NULL,
    state       text        NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz,
    last_error  text,
    PRIMARY KEY (request_id, name)
);

-- Keys that name the person in the company's data; removed with the staged parts.
CREATE TABLE subject_key (
    request_id    uuid NOT NULL REFERENCES data_subject_request,
    name          text NOT NULL,
    key_partition text,
    value         text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (request_id, name, key_partition, value)
);

-- What each dataset answered; the row's existence says that the dataset need not be searched again.
CREATE TABLE dataset_findings (
    request_id uuid  NOT NULL REFERENCES data_subject_request,
    dataset    text  NOT NULL,
    findings   jsonb NOT NULL,
    PRIMARY KEY (request_id, dataset)
);

-- db-scheduler's own table, as its documentation gives it for PostgreSQL.
CREATE TABLE scheduled_tasks (
    task_name            text        NOT NULL,
    task_instance        text        NOT NULL,
    task_data            bytea,
    execution_time       timestamptz NOT NULL,
    picked               boolean     NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      NOT NULL,
    priority             smallint,
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
