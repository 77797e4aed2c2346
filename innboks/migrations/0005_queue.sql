-- The job queue's tables belong to its package; this makes them fast.
--
-- Which job is next is asked for each job: is another one of its conversation before it? Without this index every waiting job is looked at.
create index innboks_jobs_by_lock on procrastinate_jobs (lock, id) where status in ('todo', 'doing');

-- A note inside a transaction makes all commits of the database wait for each other, disk and all. core/jobs.py sends one after the commit.
alter table procrastinate_jobs disable trigger procrastinate_jobs_notify_queue_job_inserted_v1;
