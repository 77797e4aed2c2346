-- What a channel account sends from, where that is another address than its own (R-141): it is one of ours, too.
alter table channel_account add column from_address text not null default '';
