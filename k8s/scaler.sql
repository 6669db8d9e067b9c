-- What KEDA's login may read: when steps are due, and whether somebody has to look. No address, no name, no key of a person.
GRANT SELECT (execution_time) ON scheduled_tasks TO themis_scaler;
GRANT SELECT (state) ON request_step TO themis_scaler;
GRANT SELECT (status, closed_at, due_at) ON data_subject_request TO themis_scaler;
