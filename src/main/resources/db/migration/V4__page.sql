-- A deadline that a privacy officer has extended (Art. 12(3)): due_at is the later one.
CREATE TABLE deadline_extension (
    request_id    uuid        PRIMARY KEY REFERENCES data_subject_request,
    former_due_at timestamptz NOT NULL,
    reason        text        NOT NULL,
    officer       text        NOT NULL,
    extended_at   timestamptz NOT NULL
);

-- What people have done to a request, for its record; rows are never changed.
CREATE TABLE request_act (
    request_id uuid        NOT NULL REFERENCES data_subject_request,
    number     integer     NOT NULL,
    act        text        NOT NULL,
    detail     text,
    actor      text        NOT NULL,
    acted_at   timestamptz NOT NULL,
    PRIMARY KEY (request_id, number)
);

-- Lists: what is due first, what has ended last, and one person's own.
CREATE INDEX request_by_due ON data_subject_request (due_at, id) WHERE closed_at IS NULL;
CREATE INDEX request_by_end ON data_subject_request (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX request_by_person ON data_subject_request (lower(email_address COLLATE "C"), received_at);

-- Who is signed in to the page: Spring Session's own tables, as its documentation gives them for PostgreSQL.
CREATE TABLE spring_session (
    primary_id            char(36) NOT NULL,
    session_id            char(36) NOT NULL,
    creation_time         bigint   NOT NULL,
    last_access_time      bigint   NOT NULL,
    max_inactive_interval integer  NOT NULL,
    expiry_time           bigint   NOT NULL,
    principal_name        varchar(100),
    CONSTRAINT spring_session_pk PRIMARY KEY (primary_id)
);
CREATE UNIQUE INDEX spring_session_ix1 ON spring_session (session_id);
CREATE INDEX spring_session_ix2 ON spring_session (expiry_time);
CREATE INDEX spring_session_ix3 ON spring_session (principal_name);

CREATE TABLE spring_session_attributes (
    session_primary_id char(36)     NOT NULL,
    attribute_name     varchar(200) NOT NULL,
    attribute_bytes    bytea        NOT NULL,
    CONSTRAINT spring_session_attributes_pk PRIMARY KEY (session_primary_id, attribute_name),
    CONSTRAINT spring_session_attributes_fk FOREIGN KEY (session_primary_id)
        REFERENCES spring_session (primary_id) ON DELETE CASCADE
);
