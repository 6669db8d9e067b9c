-- An erasure that waits for the package of an access request, and one that cleans a restored backup again.
ALTER TABLE data_subject_request ADD COLUMN after_request uuid REFERENCES data_subject_request;
ALTER TABLE data_subject_request ADD COLUMN replay_of uuid;

-- Keys that an erasure which is done again had the first time: what they lead to has been approved, and nothing else. And whether today's
-- data lead to them: a number that they do not lead to may have been given to somebody else since.
ALTER TABLE subject_key ADD COLUMN replayed boolean NOT NULL DEFAULT false;
ALTER TABLE subject_key ADD COLUMN found boolean NOT NULL DEFAULT true;

-- What nobody has asked for must not stand in for what the person asks.
DROP INDEX one_open_request_a_person;
CREATE UNIQUE INDEX one_open_request_a_person
    ON data_subject_request (type, lower(email_address COLLATE "C"), (replay_of IS NULL)) WHERE closed_at IS NULL;

-- What an erasure will do and has done. The plan is kept as the bytes that its digest is of, which jsonb would not keep.
CREATE TABLE erasure (
    request_id  uuid        PRIMARY KEY REFERENCES data_subject_request,
    run         integer     NOT NULL,
    -- Counts the plans, so that a file of an earlier one can be told from one of this.
    number      integer     NOT NULL DEFAULT 1,
    -- Null after the request has begun again, until it is planned again.
    plan        text,
    plan_digest text,
    planned_at  timestamptz,
    approved_at timestamptz,
    report      text,
    certificate text,
    ended_at    timestamptz,
    refusal     text,
    refused_by  text,
    refused_at  timestamptz
);

-- Who has approved which plan.
CREATE TABLE erasure_approval (
    request_id  uuid        NOT NULL REFERENCES data_subject_request,
    plan_digest text        NOT NULL,
    approver    text        NOT NULL,
    approved_at timestamptz NOT NULL,
    PRIMARY KEY (request_id, plan_digest, approver)
);

-- Plans by which something was about to be destroyed; from then on a plan is not looked at again. Those of earlier runs stay, for the
-- certificate of all.
CREATE TABLE erasure_begun (
    request_id  uuid        NOT NULL REFERENCES data_subject_request,
    number      integer     NOT NULL,
    approvals   integer     NOT NULL,
    approved_at timestamptz NOT NULL,
    begun_at    timestamptz NOT NULL,
    PRIMARY KEY (request_id, number)
);

-- The lake files that have to be rewritten, and how far each has come.
CREATE TABLE erasure_file (
    request_id  uuid    NOT NULL REFERENCES data_subject_request,
    dataset     text    NOT NULL,
    file        text    NOT NULL,
    plan_number integer NOT NULL,
    state       text    NOT NULL,
    -- Its name has the person's keys, and goes with them.
    is_record   boolean NOT NULL,
    note        text,
    PRIMARY KEY (request_id, dataset, file)
);
CREATE INDEX erasure_file_pending ON erasure_file (dataset, file) WHERE state = 'PENDING';

-- Rows of other datasets than those with files, which are done in one piece each. Those of earlier runs stay.
CREATE TABLE erasure_dataset (
    request_id  uuid    NOT NULL REFERENCES data_subject_request,
    run         integer NOT NULL,
    dataset     text    NOT NULL,
    -- What the plan says, until it is known.
    deleted     bigint  NOT NULL,
    masked      bigint  NOT NULL,
    attempts    integer NOT NULL DEFAULT 1,
    done        boolean NOT NULL,
    PRIMARY KEY (request_id, run, dataset)
);

-- Whom a restored backup has to be cleaned of again; sealed, and written before anything is destroyed. It outlives
-- requests, so it refers to none.
CREATE TABLE erasure_ledger (
    id         uuid        PRIMARY KEY,
    request_id uuid        NOT NULL UNIQUE,
    key_id     text        NOT NULL,
    sealed     bytea       NOT NULL,
    written_at timestamptz NOT NULL
);

-- The recipients to whom the data had been disclosed (Art. 19), by a number that is safe in an address. Numbers are given
-- before the first mail goes out, so that a mail that is sent again is the same; sent_at is null until it has gone.
CREATE TABLE recipient_notice (
    request_id uuid        NOT NULL REFERENCES data_subject_request,
    number     integer     NOT NULL,
    recipient  text        NOT NULL,
    sent_at    timestamptz,
    receipt_at timestamptz,
    PRIMARY KEY (request_id, number),
    UNIQUE (request_id, recipient)
);
