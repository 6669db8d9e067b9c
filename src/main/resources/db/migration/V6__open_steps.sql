-- Steps that are not done are counted every half a minute; there are few of them among all that ever were.
CREATE INDEX request_step_open ON request_step (state) WHERE state <> 'DONE';
