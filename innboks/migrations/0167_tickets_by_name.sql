-- Tickets found by words of their name (`page` in core/tickets/store_tickets.py), also among a million: whatever stands anywhere in it, from three letters on.

create index ticket_by_name on ticket using gin (lower(name) gin_trgm_ops);
