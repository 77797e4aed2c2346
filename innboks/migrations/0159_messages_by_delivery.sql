-- The message that a delivery became: asked for by the foreign key whenever a delivery is deleted (with demo data), which read every message for each.

create index message_by_delivery on message (account_id, delivery_id) where delivery_id is not null;
