-- The hash of what an item is, beside it: it is compared and listed several times, and computing it takes
-- longer than reading it. Rows of before have none; theirs is computed when it is asked for.
alter table items add column content text;       -- 64 hex digits
