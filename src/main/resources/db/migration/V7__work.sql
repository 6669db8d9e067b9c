-- How much there is to do, for KEDA: the steps that are due or under way, and one more if somebody has to look, which keeps a replica
-- that shows them the figures: a parked step, a request that is stuck, or one within five days of its deadline (a replay has none that the
-- law gives). Runs with the rights of its owner, so whoever may sign in to this database may ask, and learns a number and nothing else.
CREATE FUNCTION work_to_do() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = "${flyway:defaultSchema}", pg_temp AS $$
    SELECT count(*) + CASE
        WHEN EXISTS (SELECT FROM request_step WHERE state = 'PARKED')
            OR EXISTS (SELECT FROM data_subject_request WHERE closed_at IS NULL
                AND (status IN ('incomplete', 'undelivered')
                    OR (replay_of IS NULL AND due_at < now() + interval '5 days')))
        THEN 1 ELSE 0 END
    FROM scheduled_tasks WHERE execution_time <= now()
$$;
