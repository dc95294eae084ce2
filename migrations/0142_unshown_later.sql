-- What could not be shown is looked for in all copies that are there to stay; few items are.
create index items_unshown on items (transfer_id) where unshown_by is not null;
