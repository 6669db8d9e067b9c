-- The trace that the request came in, in the form of the header traceparent (W3C Trace Context); its steps are in it too.
ALTER TABLE data_subject_request ADD COLUMN trace_parent text;
