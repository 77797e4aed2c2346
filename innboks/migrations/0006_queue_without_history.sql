-- The queue's package writes a row of history for each step of each job, and deletes them again with the job. Nobody reads them here (what
-- became of a message stands in `dispatch`), and they were a third of what the queue costs.
alter table procrastinate_jobs disable trigger procrastinate_trigger_status_events_insert_v1;
alter table procrastinate_jobs disable trigger procrastinate_trigger_status_events_update_v1;
alter table procrastinate_jobs disable trigger procrastinate_trigger_scheduled_events_v1;
alter table procrastinate_jobs disable trigger procrastinate_trigger_abort_requested_events_v1;
